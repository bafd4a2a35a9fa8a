import ItsmeRP
import JOSE
import Synchronization

/// A mistake that the sandbox makes on purpose, once: an attack, a bug or a failure that relying parties have to
/// withstand.
///
/// Where the conformance suite of the OpenID Foundation has a module for a fault, the fault has the module's name
/// without its prefix. A fault alters the next good answer of its ``place``:
///
/// ```swift
/// sandbox.inject(.invalidIssuer)
/// // The next ID token comes from another issuer.
/// sandbox.inject(.userInfo(.tokenTagTruncated))
/// // The next UserInfo answer is a JWE with half its tag.
/// ```
///
/// A relying party must accept some altered answers, such as those with an unknown member or after a key rotation;
/// ``isTolerable`` is true for these.
///
/// A fault does what its name says: `encrypted-idtoken-usingrsa15` encrypts with RSA1_5, `jwe-zip` compresses. So a
/// client that leaves out the check in question accepts the answer. A few faults mean nothing for a client with a
/// secret. They then wait for another client, and the log says so.
public struct SandboxFault: Sendable, Hashable, CustomStringConvertible {
    /// The answer that a fault alters.
    public enum Place: String, Sendable, Hashable, CaseIterable {
        /// The discovery document.
        case discovery
        /// The JWK Set.
        case jwkSet
        /// The redirect that brings the person back.
        case callback
        /// The token response and the ID token in it.
        case token
        /// The UserInfo answer.
        case userInfo
        /// The answer that starts a user discovery session, or the answer to a poll for it.
        case userDiscovery
        /// The answer of the backchannel authentication endpoint.
        case backchannelAuthentication
        /// The answer to a poll for a backchannel request, and the ID token in it.
        case poll
        /// The ping of a backchannel request.
        case notification
    }

    /// The stable name, such as `invalid-iss`. It starts with the place if that is not the ID token, as in
    /// `userinfo-invalid-sig-rs256`.
    public let name: String

    /// What goes wrong, in words for a developer.
    public let explanation: String

    /// The answer that is altered.
    public let place: Place

    /// Whether a relying party must accept the altered answer rather than refuse it.
    public let isTolerable: Bool

    let effect: Effect
    let need: Need

    init(
        _ name: String, _ place: Place, isTolerable: Bool = false, _ explanation: String, _ effect: Effect,
        need: Need = .nothing
    ) {
        self.need = need
        self.name = name
        self.place = place
        self.isTolerable = isTolerable
        self.explanation = explanation
        self.effect = effect
    }

    /// The name.
    public var description: String { name }

    /// Two faults are the same when their names are.
    public static func == (left: SandboxFault, right: SandboxFault) -> Bool { left.name == right.name }

    /// Hashes the name.
    public func hash(into hasher: inout Hasher) { hasher.combine(name) }

    /// The fault with this name; `nil` when there is none.
    public init?(named name: String) {
        guard let fault = Self.all.first(where: { $0.name == name }) else { return nil }
        self = fault
    }

    /// Every fault, by place.
    public static let all: [SandboxFault] =
        discovery + jwkSet + callback + claims + signature + encryption + tokenResponse
        + (claims + signature + encryption).filter(\.fitsUserInfo).map(SandboxFault.userInfo) + userInfoClaims
        + userDiscovery + backchannelAuthentication + polls + notifications
        + Place.allCases.flatMap(http(at:))

    /// The same fault, but in the UserInfo answer instead of the ID token. Faults of other places stay unchanged.
    public static func userInfo(_ fault: SandboxFault) -> SandboxFault {
        guard fault.place == .token, fault.fitsUserInfo else { return fault }
        return SandboxFault(
            "userinfo-" + fault.name, .userInfo, isTolerable: fault.isTolerable, fault.explanation, fault.effect,
            need: fault.need)
    }

    /// Whether the fault means something for `client`.
    func canStrike(_ client: ClientRegistration) -> Bool {
        switch need {
        case .nothing: true
        case .keyPair: client.secret == nil
        case .providerSignature: client.tokenSignature != .hs256
        }
    }

    /// Whether the fault means something in a UserInfo answer, which has fewer claims than an ID token.
    private var fitsUserInfo: Bool {
        switch effect {
        case .claims: Self.userInfoRules.contains(name)
        case .payload, .forge: true
        case .rotation, .response, .query, .reply, .stall, .poll, .ping: false
        }
    }

    private static let userInfoRules: Set<String> = [
        "invalid-iss", "invalid-aud", "invalid-secondary-aud", "missing-sub", "sub-null",
    ]
}

extension SandboxFault {
    /// What a fault does.
    enum Effect: Sendable {
        /// Changes the claims before the token is made.
        case claims(@Sendable (inout JSONValue, Scene) -> Void)
        /// Changes the text of the claims.
        case payload(@Sendable ([UInt8]) -> [UInt8])
        /// Makes the whole token from the text of its claims.
        case forge(@Sendable (TokenForge, [UInt8]) throws -> String)
        /// Replaces the sandbox's signing keys right before it signs.
        case rotation
        /// Changes the JSON of an answer.
        case response(@Sendable (inout JSONValue, Scene) -> Void)
        /// Changes the parameters of the callback.
        case query(@Sendable (inout [(name: String, value: String)]) -> Void)
        /// Changes the finished answer.
        case reply(@Sendable (inout HTTPReply) -> Void)
        /// Delays the answer.
        case stall(Duration)
        /// Answers a poll with this error, whatever the state of the request.
        case poll(BackchannelGrant.Refusal)
        /// Changes the bearer token and the `auth_req_id` of a ping.
        case ping(@Sendable (_ bearer: inout String, _ authReqID: inout String) -> Void)
    }

    /// What a fault needs from the registration of the client.
    enum Need: Sendable {
        case nothing
        /// Tokens that are encrypted to a key pair.
        case keyPair
        /// Tokens that are signed with a key of the JWK Set.
        case providerSignature
    }

    /// The values that a fault may use.
    struct Scene: Sendable {
        let issuer: String
        /// Seconds since 1970.
        let now: Int64
    }
}

extension JSONValue {
    /// Removes the member `name` from an object.
    mutating func remove(_ name: String) {
        guard case .object(let members) = self else { return }
        self = .object(members.filter { $0.name != name })
    }
}

/// The faults that wait for an answer, in the order in which they were injected.
final class FaultQueue: Sendable {
    private let faults = Mutex<[SandboxFault]>([])

    var waiting: [SandboxFault] { faults.withLock { $0 } }

    func append(_ fault: SandboxFault) { faults.withLock { $0.append(fault) } }

    func removeAll() { faults.withLock { $0 = [] } }

    /// Removes the first fault of this name. `false` when none waits.
    func remove(named name: String) -> Bool {
        faults.withLock { faults in
            guard let index = faults.firstIndex(where: { $0.name == name }) else { return false }
            faults.remove(at: index)
            return true
        }
    }

    /// Removes and returns the first fault of `place`, if it can take effect now.
    func take(
        _ place: SandboxFault.Place, if canStrike: (SandboxFault) -> Bool = { _ in true }
    ) -> SandboxFault? {
        faults.withLock { faults in
            guard let index = faults.firstIndex(where: { $0.place == place }), canStrike(faults[index]) else {
                return nil
            }
            let fault = faults.remove(at: index)
            Recording.current?.change { $0.fault = fault }
            return fault
        }
    }
}

extension SandboxFault {
    /// Changes or delays a finished answer.
    func alter(_ reply: inout HTTPReply) async {
        switch effect {
        case .reply(let change): change(&reply)
        case .stall(let time): try? await Task.sleep(for: time)
        default: break
        }
    }
}
