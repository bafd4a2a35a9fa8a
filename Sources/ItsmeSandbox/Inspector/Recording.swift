import HTTPTypes
import ItsmeRP
import JOSE
import Synchronization

/// What is noted about one request while it is answered. Those who check it and answer it note what they find.
final class Recording: Sendable {
    /// That of the request which the task answers; `nil` when it is not recorded.
    @TaskLocal static var current: Recording?

    struct Notes: Sendable {
        var request: RecordedRequest
        /// Codes, tokens and identifiers that the request used. They say to which session it belongs.
        var used: [String] = []
        /// Those that the answer gave away.
        var issued: [String] = []
        /// What the sandbox sent meanwhile.
        var calls: [Notes] = []
    }

    private let began = ContinuousClock.now
    private let storage: Mutex<Notes>

    init(_ request: RecordedRequest) { storage = Mutex(Notes(request: request)) }

    var notes: Notes { storage.withLock { $0 } }

    func note(_ change: (inout Notes) -> Void) { storage.withLock { change(&$0) } }

    /// Changes what is recorded of the request.
    func change(_ change: (inout RecordedRequest) -> Void) { storage.withLock { change(&$0.request) } }

    /// Notes that the request is over, with what came back or why nothing did.
    func end(with reply: HTTPReply? = nil, failure: String? = nil) {
        change {
            $0.duration = .now - began
            $0.failure = failure
            $0.answer = reply.map {
                RecordedRequest.Answer(
                    status: $0.response.status.code, headerFields: $0.response.headerFields,
                    body: RecordedRequest.Body($0.body))
            }
        }
    }

    /// Notes that the request keeps `rule`.
    static func pass(_ rule: SandboxRule) {
        current?.change { request in
            guard !request.checks.contains(where: { $0.rule == rule }) else { return }
            request.checks.append(RecordedRequest.Check(rule: rule, refusal: nil))
        }
    }

    /// Notes what the request was refused for.
    static func fail(_ refusal: SandboxRefusal) {
        current?.change { request in
            request.checks.removeAll { $0.rule == refusal.rule }
            request.checks.append(RecordedRequest.Check(rule: refusal.rule, refusal: refusal))
        }
    }

    /// Notes that the answer gives away `identifier`.
    static func issue(_ identifier: String) { current?.note { $0.issued.append(identifier) } }

    /// Notes that the request used `identifier`.
    static func use(_ identifier: String) { current?.note { $0.used.append(identifier) } }

    /// Notes what a person did.
    static func note(_ action: RecordedRequest.Deed.Action, by person: Persona?) {
        current?.change {
            $0.deed = RecordedRequest.Deed(persona: person?.id, name: person?.name ?? "The person", action: action)
        }
    }

    /// Takes a token that the request brought, in its compact form: first as it came, then what was inside.
    static func read(_ compact: String, as kind: RecordedToken.Kind?) {
        guard let kind else { return }
        current?.change { request in
            let isAssertion = kind == .clientAssertion
            var token = (isAssertion ? request.clientAssertion : request.requestObject) ?? RecordedToken(kind: kind)
            token.read(compact)
            if isAssertion { request.clientAssertion = token } else { request.requestObject = token }
        }
    }

    /// Takes a token of the answer: its claims, the signed token if it was made in the usual way, and the token itself.
    static func issue(_ kind: RecordedToken.Kind, claims: [UInt8], signed: String?, token: String) {
        current?.change { request in
            var made = RecordedToken(kind: kind)
            made.read(token)
            if let signed { made.read(signed) }
            made.claims = (try? JSON(parsing: claims)).map { Personal($0.value) }
            request.tokens.append(made)
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
