import HTTPTypes
import ItsmeRP
import JOSE
import Logging
import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What the endpoints share: configuration, keys, clients and state.
final class SandboxCore: Sendable {
    let endpoints: SandboxEndpoints
    let profile: ProfileNames
    let requiresEncryptedAssertions: Bool
    let personas: [Persona]
    let lifetimes: SandboxConfiguration.Lifetimes
    let clockSkew: Double
    let includesAccessTokenHash: Bool
    let userInfoHasTokenClaims: Bool
    let random: RandomSource
    let state = SandboxState()
    let backchannel = BackchannelState()
    let faults = FaultQueue()
    let answers = AnswerQueue()
    let attacker: Attacker
    let clientKeys: ClientKeyCache
    let recorder: RequestRecorder
    let transport: any HTTPTransport
    /// Draws a QR code.
    let qrCode: (@Sendable (String) -> String?)?

    let clock: MovableClock
    private let logger: Logger
    private let clients: Mutex<[String: ClientRegistration]>
    private let keyRing: Mutex<ProviderKeyRing>

    init(_ configuration: SandboxConfiguration, transport: any HTTPTransport) throws(SandboxConfigurationError) {
        endpoints = try SandboxEndpoints(issuer: configuration.issuer)
        attacker = Attacker(keySetURL: endpoints.url(.attackerKeys))
        profile = ProfileNames(configuration.profile)
        requiresEncryptedAssertions = configuration.requiresEncryptedAssertions
        lifetimes = configuration.lifetimes
        clockSkew = Double(max(0, configuration.clockSkew))
        includesAccessTokenHash = configuration.includesAccessTokenHash
        userInfoHasTokenClaims = configuration.userInfoHasTokenClaims
        random = configuration.random
        self.transport = transport
        qrCode = configuration.qrCode
        let clock = MovableClock(configuration.now)
        self.clock = clock
        recorder = RequestRecorder(
            limit: configuration.recordedRequestLimit, origin: endpoints.origin, now: { clock.now })
        logger = configuration.logger
        personas = try Self.checked(configuration.personas ?? Persona.standard(at: configuration.now()))

        var clients: [String: ClientRegistration] = [:]
        for client in configuration.clients {
            try client.validate()
            guard clients.updateValue(client, forKey: client.clientID) == nil else {
                throw SandboxConfigurationError(
                    "clients", "Two clients have the same client id.", remedy: "Register each client once.")
            }
        }
        self.clients = Mutex(clients)
        let keys: SandboxKeys
        if let given = configuration.keys { keys = given } else { keys = try Self.freshKeys() }
        keyRing = Mutex(try ProviderKeyRing(keys))
        clientKeys = ClientKeyCache(
            transport: transport, recorder: recorder, refetchesOnUnknownKey: configuration.refetchesOnUnknownKey,
            now: { clock.now }, logger: logger)
    }

    static func freshKeys() throws(SandboxConfigurationError) -> SandboxKeys {
        do {
            return try SandboxKeys.generate()
        } catch {
            throw SandboxConfigurationError(
                "keys", "They could not be made: \(error.reason).", remedy: "Configure keys.")
        }
    }

    private static func checked(_ personas: [Persona]) throws(SandboxConfigurationError) -> [Persona] {
        var names: Set<String> = ["cancel"]
        for persona in personas {
            let isName = persona.id.utf8.allSatisfy {
                switch $0 {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
            guard !persona.id.isEmpty, isName, names.insert(persona.id).inserted else {
                throw SandboxConfigurationError(
                    "personas", "An id is empty, occurs twice, is cancel, or has characters that are not allowed.",
                    remedy: "Use letters, digits and dashes, and each id once.")
            }
        }
        return personas
    }

    // MARK: Time, random values, keys, clients

    /// Seconds since 1970.
    var now: Double { clock.now }

    /// Whole seconds since 1970, for tokens.
    var nowInSeconds: Int64 { Int64(exactly: now.rounded(.down)) ?? 0 }

    /// 256 fresh random bits, as base64url: codes, access tokens, pending sign-ins.
    func freshIdentifier() throws(SandboxRefusal) -> String {
        do {
            return Base64URL.encode(try random.bytes(32))
        } catch {
            throw SandboxRefusal(.sandboxFailure, detail: "No random bytes.")
        }
    }

    var keys: ProviderKeyRing { keyRing.withLock { $0 } }

    func replaceKeys(_ keys: SandboxKeys) throws(SandboxConfigurationError) {
        let ring = try ProviderKeyRing(keys)
        keyRing.withLock { $0 = ring }
    }

    /// Signs with a new key from now on, and publishes a new encryption key. The ones before stay: tokens on their way can
    /// still be verified, and what was encrypted to the old key can still be read.
    func rotateKeys() throws(SandboxConfigurationError) {
        let new = try Self.freshKeys()
        // The keys may be replaced meanwhile, so they are read again under the lock.
        try keyRing.withLock { ring throws(SandboxConfigurationError) in
            ring = try ProviderKeyRing(
                SandboxKeys(
                    signing: new.signing + ring.keys.signing.prefix(1),
                    encryption: new.encryption + ring.keys.encryption.prefix(1)))
        }
    }

    /// Takes the next fault of `place` for an answer to `client`.
    func takeFault(_ place: SandboxFault.Place, for client: ClientRegistration) -> SandboxFault? {
        if let fault = faults.take(place, if: { $0.canStrike(client) }) { return fault }
        if let waiting = faults.waiting.first(where: { $0.place == place }) {
            warn(
                "Fault \(waiting.name) waits: it means nothing for a client whose secret encrypts or signs tokens",
                remedy: "Inject it for a client with a key pair.", client: client)
        }
        return nil
    }

    /// The values that a fault may use.
    var scene: SandboxFault.Scene { SandboxFault.Scene(issuer: endpoints.issuer, now: nowInSeconds) }

    func client(_ clientID: String) -> ClientRegistration? {
        guard let client = clients.withLock({ $0[clientID] }), client.clientID.hasSameBytes(as: clientID) else {
            return nil
        }
        Recording.current?.change { $0.clientID = client.clientID }
        return client
    }

    func register(_ client: ClientRegistration) throws(SandboxConfigurationError) {
        try client.validate()
        clients.withLock { $0[client.clientID] = client }
    }

    /// Forgets everything but the registrations and the keys, and sets the clock back.
    func reset() async {
        state.forgetAll()
        backchannel.forgetAll()
        faults.removeAll()
        answers.removeAll()
        recorder.forget()
        clock.reset()
        await clientKeys.forgetAll()
    }

    func persona(_ id: String) -> Persona? { personas.first { $0.id == id } }

    /// The choice of the persona `id` and the behaviour of this name; without one, approves.
    func choice(_ id: String, behaving name: String?) throws(SandboxRefusal) -> PersonChoice {
        guard let persona = persona(id) else {
            throw SandboxRefusal(.personaUnknown, detail: "Personas: \(personas.map(\.id).joined(separator: ", ")).")
        }
        guard let behaviour = name.map(SandboxBehaviour.init(rawValue:)) ?? .approves else {
            let names = SandboxBehaviour.allCases.map(\.rawValue).joined(separator: ", ")
            throw SandboxRefusal(.behaviourUnknown, detail: "Behaviours: \(names).")
        }
        return PersonChoice(persona: persona, behaviour: behaviour)
    }

    /// Injects the fault with this name, if one is given.
    func inject(faultNamed name: String?) throws(SandboxRefusal) {
        guard let name, !name.isEmpty else { return }
        guard let fault = SandboxFault(named: name) else { throw SandboxRefusal(.faultUnknown) }
        faults.append(fault)
    }

    /// Explains how a time in a request compares with the sandbox's clock.
    var clockDifference: ClockDifference { ClockDifference(now: now, allowance: clockSkew) }

    /// The clients that are registered, by client id.
    var registeredClients: [ClientRegistration] {
        clients.withLock { $0.values.sorted { $0.clientID < $1.clientID } }
    }

    /// The client ids that are registered.
    var clientIDs: [String] { clients.withLock { $0.keys.sorted() } }

    /// Removes a registration. `false` when there is none.
    func removeClient(_ clientID: String) -> Bool {
        clients.withLock { $0.removeValue(forKey: clientID) != nil }
    }

    // MARK: Refusals

    /// Keeps `refusal` for tests and logs it, with the values of the request that may be shown; see
    /// ``SandboxRefusal/Value``. `status` is that of the answer.
    func note(_ refusal: inout SandboxRefusal, _ status: HTTPResponse.Status?) {
        refusal.status = status?.code
        state.note(refusal)
        Recording.fail(refusal)
        logger.notice(
            "Sandbox refused a request",
            metadata: [
                "itsme.sandbox.rule": "\(refusal.rule.id)",
                "itsme.sandbox.error": "\(refusal.rule.error)",
                "itsme.sandbox.explanation": "\(refusal.explanation)",
                "itsme.sandbox.remedy": "\(refusal.rule.remedy)",
                "itsme.sandbox.client": "\(refusal.clientID ?? "-")",
                "itsme.sandbox.sent": .array(refusal.sent.map { .string($0.description) }),
                "itsme.sandbox.expected": .array(refusal.expected.map { .string($0.description) }),
                "itsme.sandbox.status": "\(refusal.status.map(String.init) ?? "-")",
            ])
    }

    /// The sandbox's own page about `refusal`, which is noted.
    func page(
        _ refusal: SandboxRefusal, status: HTTPResponse.Status, fields: [HTTPField] = []
    ) -> HTTPReply {
        var refusal = refusal
        note(&refusal, status)
        return .page(.refusal(refusal, endpoints: endpoints), status: status, fields: fields)
    }

    /// The answer to a request whose method the page does not take.
    func methodRefusal(_ rule: SandboxRule, allowing methods: String) -> HTTPReply {
        page(
            SandboxRefusal(rule), status: .methodNotAllowed, fields: [HTTPField(name: .allow, value: methods)])
    }

    /// Logs what the sandbox accepts and itsme may refuse.
    func warn(_ message: String, remedy: String, client: ClientRegistration) {
        logger.warning(
            "\(message)",
            metadata: ["itsme.sandbox.remedy": "\(remedy)", "itsme.sandbox.client": "\(client.clientID)"])
    }
}
