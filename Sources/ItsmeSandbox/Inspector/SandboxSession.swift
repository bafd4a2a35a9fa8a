#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif
public import ItsmeRP

/// What belongs to one login: from the authorization request, the backchannel request or the QR code to the tokens and the
/// data of the person.
///
/// A request belongs to a session because it uses a code, a token or an identifier of the session, also if the sandbox
/// refuses it. It shows nothing of that when it is printed; ``title`` and ``json`` do.
public struct SandboxSession: Sendable, Identifiable {
    /// How far a login has come.
    public enum State: String, Sendable, Hashable {
        /// A person has to answer.
        case waiting
        /// The person approved, and the relying party has not fetched the tokens yet.
        case approved
        /// The relying party has the tokens.
        case completed
        /// The person cancelled or did not answer in time.
        case declined
        /// The sandbox refused the last request.
        case refused
    }

    /// The identifier: a number that grows.
    public let id: String
    /// The requests, in the order in which they began. There is at least one. The oldest may be gone already; see
    /// ``SandboxConfiguration/recordedRequestLimit``.
    public let exchanges: [RecordedRequest]
    /// When the first of them came, by the sandbox's clock.
    public let startedAt: Date

    /// `nil` without requests.
    init?(id: String, exchanges: [RecordedRequest]) {
        guard let first = exchanges.first else { return nil }
        self.id = id
        self.exchanges = exchanges
        startedAt = first.startedAt
    }

    /// The client, if a request named a registered one.
    public var clientID: String? { exchanges.lazy.compactMap(\.clientID).first }

    /// The code of the service, if a request named one.
    public var service: String? { exchanges.lazy.compactMap(\.service).first }

    /// How far the login has come.
    public var state: State {
        var state = State.waiting
        for exchange in exchanges { state = exchange.outcome ?? state }
        return state
    }

    /// Whether nothing is missing: neither a person nor the relying party has to do something.
    public var isFinished: Bool { state != .waiting && state != .approved }

    /// The session in one line, such as `SHOP_LOGIN of SHOP: completed`.
    public var title: String {
        "\(service ?? "A login") of \(clientID ?? "an unknown client"): \(state.words)"
    }
}

extension SandboxSession: Redacted {
    /// Its state and the number of requests.
    public var description: String { "SandboxSession(\(state), \(exchanges.count) requests)" }
}

extension SandboxSession.State {
    /// The state in words.
    var words: String {
        switch self {
        case .waiting: "waits for the person"
        case .approved: "approved, tokens not fetched yet"
        case .completed: "completed"
        case .declined: "declined by the person"
        case .refused: "refused"
        }
    }
}

extension RecordedRequest {
    /// To which state this exchange brings the login; `nil` if it changes nothing.
    fileprivate var outcome: SandboxSession.State? {
        if let refusal {
            // A poll that comes too early, or a ping that does not arrive, ends nothing.
            let goesOn: [SandboxRule] = [.polledTooOften, .userDiscoveryTooOften, .notificationUndelivered]
            return goesOn.contains(refusal.rule) ? nil : .refused
        }
        switch deed?.action {
        case .approved: return .approved
        case .cancelled, .timedOut: return .declined
        case .scanned: return .waiting
        case nil: break
        }
        switch endpoint {
        case .token where !tokens.isEmpty: return .completed
        case .token where status == 403: return .declined
        case .authorization, .backchannelAuthentication: return .waiting
        default: return nil
        }
    }
}
