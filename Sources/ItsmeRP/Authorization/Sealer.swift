#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
public import JOSE

/// Encrypts and authenticates as text what leaves the process: pending logins, finished logins and sessions in cookies,
/// backchannel requests and key rings in a store.
///
/// The text is `Base64url(version ‖ nonce ‖ ciphertext ‖ tag)`: AES-256-GCM with a new 96-bit nonce. It includes the
/// expiry. <doc:Deployment#Change-the-sealing-key> says how to change the key without a failed login. Whoever has a key can
/// make a session for any person: after a leak, pass no `previousKey`.
///
/// ```swift
/// let sealer = try Sealer(key: SymmetricKey(thirtyTwoRandomBytes))
/// let cookie = try sealer.seal(request.transaction)
/// let transaction = try sealer.open(cookie)
/// ```
public struct Sealer: Sendable {
    private static let version: UInt8 = 1
    private static let nonceSize = 12
    private static let tagSize = 16
    /// Browsers drop cookies of more than 4096 bytes, and some count the name and the attributes (RFC 6265 §6.1).
    private static let maximumSize = 4096 - 128

    private let key: SymmetricKey
    private let previousKey: SymmetricKey?
    private let random: RandomSource

    /// Makes a sealer.
    ///
    /// - Parameters:
    ///   - key: Seals and opens; exactly 32 bytes.
    ///   - previousKey: Also opens, while the key changes: the old key, or the next one before it seals; exactly 32 bytes.
    ///   - random: The source of nonces.
    /// - Throws: ``ItsmeError`` `unsuitable_key` when a key has another size.
    public init(
        key: SymmetricKey, previousKey: SymmetricKey? = nil, random: RandomSource = .system
    ) throws(ItsmeError) {
        for key in [key, previousKey].compactMap({ $0 }) where key.byteCount != 32 {
            throw ItsmeError(
                .unsuitableKey, .configuration, "a sealing key is not 32 bytes long",
                remedy: "Give 32 bytes from a cryptographic random generator, the same to every instance.",
                field: "sealingKey")
        }
        self.key = key
        self.previousKey = previousKey
        self.random = random
    }

    /// Seals a transaction.
    ///
    /// - Returns: Base64url text, usually about 500 characters.
    /// - Throws: ``ItsmeError`` `random_source_failed`; `invalid_configuration` if OpenSSL fails, or if the text has
    ///   more than 3968 bytes, so that it fits into a cookie with its name and attributes. ``open(_:)`` has the same limit.
    public func seal(_ transaction: LoginTransaction) throws(ItsmeError) -> String {
        try seal(
            transaction.json, as: .transaction, phase: .authorizationRequest,
            remedy: "Use a shorter issuer and redirect URI.")
    }

    /// Opens a sealed transaction. Its expiry is checked when the callback is read.
    ///
    /// - Throws: ``ItsmeError`` `transaction_unreadable` if the text is malformed, altered, or sealed with another key.
    public func open(_ text: String) throws(ItsmeError) -> LoginTransaction {
        guard let transaction = open(text, as: .transaction).flatMap(LoginTransaction.init(json:)) else {
            throw ItsmeError(.transactionUnreadable, .authorizationResponse)
        }
        return transaction
    }

    // MARK: Everything that is sealed

    /// What a text holds. It is authenticated with the text, so none can take the place of another.
    enum Content: String {
        case transaction = "itsme-rp transaction v1"
        case finishedLogin = "itsme-rp finished login v1"
        case session = "itsme-rp session v1"
        case applicationText = "itsme-rp application text v1"
        case backchannelRequest = "itsme-rp backchannel request v1"
        case userDiscovery = "itsme-rp user discovery session v1"

        /// The most bytes of the text: what a cookie holds, or a store.
        var maximumSize: Int {
            switch self {
            case .transaction, .finishedLogin, .session, .applicationText: Sealer.maximumSize
            case .backchannelRequest, .userDiscovery: 1 << 20
            }
        }
    }

    func seal(
        _ json: JSONValue, as content: Content, phase: ItsmeError.Phase, remedy: String
    ) throws(ItsmeError) -> String {
        let text = try seal(json.serialized(), as: content.rawValue, phase: phase)
        guard text.utf8.count <= content.maximumSize else {
            let place = content.maximumSize == Self.maximumSize ? "cookie" : "store"
            throw ItsmeError(
                .invalidConfiguration, phase, "the text for a \(place) is longer than \(content.maximumSize) bytes",
                remedy: remedy, field: place)
        }
        return text
    }

    /// Nil if the text is malformed, altered, of another kind, or sealed with another key.
    func open(_ text: String, as content: Content) -> JSON? {
        guard text.utf8.count <= content.maximumSize, let bytes = try? Base64URL.decode(text),
            let opened = open(bytes, as: content.rawValue)
        else { return nil }
        return try? JSON(parsing: opened.plaintext)
    }

    // MARK: Bytes

    /// Seals bytes of any size, and authenticates `content` with them.
    func seal(_ plaintext: [UInt8], as content: String, phase: ItsmeError.Phase) throws(ItsmeError) -> String {
        do {
            let nonce = try random.bytes(Self.nonceSize)
            let sealed = try AEADCipher.seal(
                plaintext, key: key.secret, nonce: nonce, additionalData: Array(content.utf8), algorithm: .a256GCM)
            var bytes = [Self.version]
            bytes.reserveCapacity(1 + nonce.count + sealed.ciphertext.count + sealed.tag.count)
            bytes += nonce
            bytes += sealed.ciphertext
            bytes += sealed.tag
            return Base64URL.encode(bytes)
        } catch {
            // The size of the key was checked when the sealer was made.
            throw ItsmeError.cryptography(error, phase)
        }
    }

    /// The bytes, and whether the present key has opened them; nil if they are malformed, altered, of another content, or
    /// sealed with another key.
    func open(_ bytes: [UInt8], as content: String) -> (plaintext: [UInt8], byPresentKey: Bool)? {
        guard bytes.first == Self.version, bytes.count > 1 + Self.nonceSize + Self.tagSize else { return nil }
        for (key, isPresent) in [(key, true), (previousKey, false)] {
            if let plaintext = key.flatMap({ Self.open(bytes, content, $0) }) { return (plaintext, isPresent) }
        }
        return nil
    }

    /// The plaintext; nil if the key is wrong or a byte was altered.
    private static func open(_ bytes: [UInt8], _ content: String, _ key: SymmetricKey) -> [UInt8]? {
        let sealed = bytes.dropFirst()
        return try? AEADCipher.open(
            Array(sealed.dropFirst(nonceSize).dropLast(tagSize)), tag: Array(sealed.suffix(tagSize)), key: key.secret,
            nonce: Array(sealed.prefix(nonceSize)), additionalData: Array(content.utf8), algorithm: .a256GCM)
    }
}

extension LoginTransaction {
    /// Short names, because a cookie holds this.
    fileprivate var json: JSONValue {
        var members: [JSONValue.Member] = []
        members.reserveCapacity(15)
        func add(_ name: String, _ value: JSONValue) { members.append(JSONValue.Member(name: name, value: value)) }
        add("i", .string(issuer))
        add("c", .string(clientID))
        add("r", .string(redirectURI))
        add("s", .string(serviceCode))
        add("t", .integer(Int64(createdAt.timeIntervalSince1970)))
        add("e", .integer(Int64(expiresAt.timeIntervalSince1970)))
        add("st", .string(state.exposedValue))
        add("n", .string(nonce.exposedValue))
        add("v", .string(codeVerifier.exposedValue))
        if let requestedLevel { add("a", .integer(Int64(requestedLevel.rawValue))) }
        if let maximumAuthenticationAge { add("m", .integer(Int64(maximumAuthenticationAge))) }
        if requiresResponseIssuer { add("x", true) }
        if let expectedSubject { add("u", .string(expectedSubject.exposedValue)) }
        if let applicationState { add("p", .string(applicationState.exposedValue)) }
        if let serviceName { add("sn", .string(serviceName)) }
        return .object(members)
    }

    fileprivate init?(json: JSON) {
        guard let issuer = json["i"]?.string, let clientID = json["c"]?.string, let redirectURI = json["r"]?.string,
            let serviceCode = json["s"]?.string, let createdAt = json["t"]?.integer,
            let expiresAt = json["e"]?.integer, let state = json["st"]?.string, let nonce = json["n"]?.string,
            let verifier = json["v"]?.string,
            // Up to the year 9999, since a later date could not be sealed again.
            (0...253_402_300_799).contains(createdAt), (0...253_402_300_799).contains(expiresAt)
        else { return nil }
        var level: AuthenticationLevel?
        if let value = json["a"] {
            guard let number = value.integer, let known = Int(exactly: number).flatMap(AuthenticationLevel.init)
            else { return nil }
            level = known
        }
        var age: Int?
        if let value = json["m"] {
            guard let number = value.integer, (0...Self.longestAuthenticationAge.components.seconds).contains(number)
            else { return nil }
            age = Int(number)
        }
        self.init(
            issuer: issuer, clientID: clientID, redirectURI: redirectURI, serviceCode: serviceCode,
            requestedLevel: level, maximumAuthenticationAge: age,
            createdAt: Date(timeIntervalSince1970: Double(createdAt)),
            expiresAt: Date(timeIntervalSince1970: Double(expiresAt)), state: Secret(state), nonce: Secret(nonce),
            codeVerifier: Secret(verifier), expectedSubject: json["u"]?.string.map { Secret($0) },
            requiresResponseIssuer: json["x"]?.bool ?? false,
            applicationState: json["p"]?.string.map { Secret($0) }, serviceName: json["sn"]?.string)
    }
}
