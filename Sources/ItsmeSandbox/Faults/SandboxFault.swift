import ItsmeRP
import JOSE
import Synchronization

/// Something that the sandbox gets wrong on purpose, once: an attack, a bug or a failure that relying parties have to
/// withstand.
///
/// The names are those of the OpenID Foundation's conformance suite where it has a module, without its prefix, and speak
/// for themselves elsewhere. Each fault alters the next answer of its ``place`` that would be a good one:
///
/// ```swift
/// sandbox.inject(.invalidIssuer)
/// // The next ID token comes from another issuer.
/// sandbox.inject(.userInfo(.tokenTagTruncated))
/// // The next UserInfo answer is a JWE with half its tag.
/// ```
///
/// A fault may also be something that a relying party must put up with, such as an unknown member or a key rotation:
/// ``isTolerable`` says so.
///
/// Each fault is what it says: `encrypted-idtoken-usingrsa15` really is encrypted with RSA1_5, `jwe-zip` really is
/// compressed. A client that leaves out the check in question accepts the answer. A few mean nothing for clients that
/// share a secret with itsme and have no key pair; for these they do not strike, which the log says, and go on waiting.
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
        /// The answer to the start of, or a question about, a user discovery session.
        case userDiscovery
        /// The answer of the backchannel authentication endpoint.
        case backchannelAuthentication
        /// The answer to a poll for a backchannel request, and the ID token in it.
        case poll
        /// The ping of a backchannel request.
        case notification
    }

    /// The stable name, such as `invalid-iss`; of faults that go elsewhere, with the place in front:
    /// `userinfo-invalid-sig-rs256`.
    public let name: String

    /// What goes wrong, for a developer.
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

    /// The fault of that name, as a command line would give it; `nil` when there is none.
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

    /// The same fault of a token in the UserInfo answer instead of the ID token. Faults of other places stay as they are.
    public static func userInfo(_ fault: SandboxFault) -> SandboxFault {
        guard fault.place == .token, fault.fitsUserInfo else { return fault }
        return SandboxFault(
            "userinfo-" + fault.name, .userInfo, isTolerable: fault.isTolerable, fault.explanation, fault.effect,
            need: fault.need)
    }

    /// Whether the fault means something for a client that is registered like this.
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
        /// Changes the claims of a token before it is made.
        case claims(@Sendable (inout JSONValue, Scene) -> Void)
        /// Changes the text of the claims.
        case payload(@Sendable ([UInt8]) -> [UInt8])
        /// Makes the whole token, of the text of its claims.
        case forge(@Sendable (TokenForge, [UInt8]) throws -> String)
        /// Replaces the sandbox's signing keys right before it signs.
        case rotation
        /// Changes the JSON of an answer.
        case response(@Sendable (inout JSONValue, Scene) -> Void)
        /// Changes the parameters that go back with the person.
        case query(@Sendable (inout [(name: String, value: String)]) -> Void)
        /// Changes the answer as it goes out.
        case reply(@Sendable (inout HTTPReply) -> Void)
        /// Keeps the caller waiting before the answer.
        case stall(Duration)
        /// Says something else than what is true of a backchannel request.
        case poll(BackchannelGrant.Refusal)
        /// Changes the bearer token and the `auth_req_id` of a ping.
        case ping(@Sendable (_ bearer: inout String, _ authReqID: inout String) -> Void)
    }

    /// What a fault wants of the client.
    enum Need: Sendable {
        case nothing
        /// Tokens that are encrypted to a key pair.
        case keyPair
        /// Tokens that are signed with a key of the JWK Set.
        case providerSignature
    }

    /// What a fault may need to know.
    struct Scene: Sendable {
        let issuer: String
        /// Seconds since 1970.
        let now: Int64
    }
}

extension JSONValue {
    /// Takes the member `name` out of an object.
    mutating func remove(_ name: String) {
        guard case .object(let members) = self else { return }
        self = .object(members.filter { $0.name != name })
    }
}

/// The faults that are still to strike, in the order in which they were put in.
final class FaultQueue: Sendable {
    private let faults = Mutex<[SandboxFault]>([])

    var waiting: [SandboxFault] { faults.withLock { $0 } }

    func append(_ fault: SandboxFault) { faults.withLock { $0.append(fault) } }

    func removeAll() { faults.withLock { $0 = [] } }

    /// Takes out the first fault of `place`, if it can strike now.
    func take(
        _ place: SandboxFault.Place, if canStrike: (SandboxFault) -> Bool = { _ in true }
    ) -> SandboxFault? {
        faults.withLock { faults in
            guard let index = faults.firstIndex(where: { $0.place == place }), canStrike(faults[index]) else {
                return nil
            }
            return faults.remove(at: index)
        }
    }
}

extension SandboxFault {
    /// Changes an answer that is about to go out, or holds it back.
    func alter(_ reply: inout HTTPReply) async {
        switch effect {
        case .reply(let change): change(&reply)
        case .stall(let time): try? await Task.sleep(for: time)
        default: break
        }
    }
}
