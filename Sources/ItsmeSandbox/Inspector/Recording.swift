import ItsmeRP
import JOSE
import Synchronization

/// What is noted about one request while it is answered. Those who check it and answer it note what they find.
final class Recording: Sendable {
    /// That of the request which the task answers; `nil` when it is not recorded.
    @TaskLocal static var current: Recording?

    struct Notes: Sendable {
        var requestObject: RecordedToken?
        var clientAssertion: RecordedToken?
        var clientID: String?
        var service: String?
        var deed: RecordedRequest.Deed?
        var checks: [RecordedRequest.Check] = []
        var tokens: [RecordedToken] = []
        var fault: SandboxFault?
        /// Codes, tokens and identifiers that the request used. They say to which session it belongs.
        var used: [String] = []
        /// Those that the answer gave away.
        var issued: [String] = []
        /// What the sandbox sent meanwhile.
        var calls: [Call] = []
    }

    /// A finished call of the sandbox.
    struct Call: Sendable {
        let exchange: Exchange
        let notes: Notes
    }

    private let notes = Mutex(Notes())

    func finished() -> Notes { notes.withLock { $0 } }

    func change(_ change: (inout Notes) -> Void) { notes.withLock { change(&$0) } }

    /// Notes that the request keeps `rule`.
    static func pass(_ rule: SandboxRule) {
        current?.change { notes in
            guard !notes.checks.contains(where: { $0.rule == rule }) else { return }
            notes.checks.append(RecordedRequest.Check(rule: rule, refusal: nil))
        }
    }

    /// Notes what the request was refused for.
    static func fail(_ refusal: SandboxRefusal) {
        current?.change { notes in
            notes.checks.removeAll { $0.rule == refusal.rule }
            notes.checks.append(RecordedRequest.Check(rule: refusal.rule, refusal: refusal))
        }
    }

    /// Notes that the answer gives away `identifier`.
    static func issue(_ identifier: String) { current?.change { $0.issued.append(identifier) } }

    /// Notes that the request used `identifier`.
    static func use(_ identifier: String) { current?.change { $0.used.append(identifier) } }

    /// Notes what a person did.
    static func note(_ action: RecordedRequest.Deed.Action, by person: Persona?) {
        current?.change {
            $0.deed = RecordedRequest.Deed(persona: person?.id, name: person?.name ?? "The person", action: action)
        }
    }

    /// Takes a token that the request brought, in its compact form: first as it came, then what was inside.
    static func read(_ compact: String, as kind: RecordedToken.Kind?) {
        guard let kind, let current else { return }
        current.change { notes in
            switch kind {
            case .requestObject:
                var token = notes.requestObject ?? RecordedToken(kind: kind)
                token.read(compact)
                notes.requestObject = token
            case .clientAssertion:
                var token = notes.clientAssertion ?? RecordedToken(kind: kind)
                token.read(compact)
                notes.clientAssertion = token
            case .idToken, .userInfo: break
            }
        }
    }

    /// Takes a token of the answer: its claims, the signed token if it was made in the usual way, and the token itself.
    static func issue(_ kind: RecordedToken.Kind, claims: [UInt8], signed: String?, token: String) {
        current?.change { notes in
            var made = RecordedToken(kind: kind)
            made.read(token)
            if let signed { made.read(signed) }
            made.claims = (try? JSON(parsing: claims)).map { Personal($0.value) }
            notes.tokens.append(made)
        }
    }
}

/// Notes that the request keeps `rule`, or refuses it.
///
/// - Throws: A refusal with what was sent and expected.
func require(
    _ isKept: Bool, _ rule: SandboxRule, detail: @autoclosure () -> String? = nil,
    sent: @autoclosure () -> [SandboxRefusal.Value] = [], expected: @autoclosure () -> [SandboxRefusal.Value] = []
) throws(SandboxRefusal) {
    guard isKept else { throw SandboxRefusal(rule, detail: detail(), sent: sent(), expected: expected()) }
    Recording.pass(rule)
}

/// Returns what `rule` asks for and notes that it is there, or refuses the request.
///
/// - Throws: As ``require(_:_:detail:sent:expected:)``.
func require<Value>(
    _ value: Value?, _ rule: SandboxRule, detail: @autoclosure () -> String? = nil,
    sent: @autoclosure () -> [SandboxRefusal.Value] = [], expected: @autoclosure () -> [SandboxRefusal.Value] = []
) throws(SandboxRefusal) -> Value {
    guard let value else { throw SandboxRefusal(rule, detail: detail(), sent: sent(), expected: expected()) }
    Recording.pass(rule)
    return value
}
