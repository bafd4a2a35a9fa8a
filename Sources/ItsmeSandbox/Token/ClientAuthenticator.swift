import HTTPTypes
import JOSE

/// Authenticates the client of a token request (RFC 6749 section 2.3.1, RFC 7523 section 3).
struct ClientAuthenticator {
    static let assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    /// The longest time until the expiry of an assertion, in seconds: a day.
    private static let longestLife: Double = 86400

    /// The parameters that authenticate a client.
    static let parameters = ["client_id", "client_assertion_type", "client_assertion", "client_secret"]

    let core: SandboxCore

    /// The endpoint whose URL must be the `aud` of the assertion.
    var audience: SandboxEndpoints.Endpoint = .token

    /// Returns the client that `form` authenticates.
    func client(of form: FormParameters, fields: HTTPFields) async throws(SandboxRefusal) -> ClientRegistration {
        try require(fields[.authorization] == nil, .authenticationBasic)
        let (assertion, secret) = (form["client_assertion"], form["client_secret"])
        try require(assertion != nil || secret != nil, .authenticationMissing)
        try require(assertion == nil || secret == nil, .authenticationSeveral)
        if let assertion { return try await client(of: form, assertion: assertion) }
        return try client(of: form, secret: secret ?? "")
    }

    private func client(of form: FormParameters, secret: String) throws(SandboxRefusal) -> ClientRegistration {
        let client = try require(form["client_id"].flatMap(core.client), .clientUnknown)
        do throws(SandboxRefusal) {
            let expected = try require(client.secret, .authenticationMethod)
            try require(expected.matches(secret), .secretWrong)
            return client
        } catch {
            throw error.naming(client)
        }
    }

    private func client(
        of form: FormParameters, assertion: String
    ) async throws(SandboxRefusal) -> ClientRegistration {
        try require(form["client_assertion_type"] == Self.assertionType, .assertionType)
        let received = ReceivedToken(
            core: core, rules: .clientAssertion(mustBeEncrypted: core.requiresEncryptedAssertions))
        let (jws, compact) = try await received.signedToken(assertion)

        // A client with a key pair may leave out client_id; then the assertion names it. What is read here before
        // verification serves only to find the keys.
        guard let clientID = form["client_id"] ?? JSON(unverifiedClaimsOf: compact)?["iss"]?.string else {
            throw SandboxRefusal(.assertionIssuer)
        }
        let client = try require(core.client(clientID), .clientUnknown)
        do throws(SandboxRefusal) {
            try require(client.secret == nil, .authenticationMethod)
            let claims = try await received.claims(of: jws, from: client)
            try check(claims, client: client, form: form)
            return client
        } catch {
            throw error.naming(client)
        }
    }

    /// RFC 7523 section 3, with the limits of itsme.
    private func check(_ claims: JSON, client: ClientRegistration, form: FormParameters) throws(SandboxRefusal) {
        // 1. iss
        let issuer = claims["iss"]?.string
        try require(
            issuer?.hasSameBytes(as: client.clientID) == true,
            issuer == nil || form["client_id"] == nil ? .assertionIssuer : .clientIDDiffers,
            sent: [.init("iss", issuer ?? "")], expected: [.init("iss", client.clientID)])
        // 2. sub
        let subject = claims["sub"]?.string
        try require(
            subject?.hasSameBytes(as: client.clientID) == true, .assertionSubject,
            sent: [.init("sub", subject ?? "")], expected: [.init("sub", client.clientID)])
        // 3. aud
        let endpoint = core.endpoints.url(audience)
        let sent = SandboxRefusal.Value("aud", claims["aud"]?.audiences ?? [])
        try require(
            claims["aud"]?.audiences?.containsExactly(endpoint) == true, .assertionAudience,
            detail: "It must be \(endpoint); it is \(sent.text).", sent: [sent], expected: [.init("aud", endpoint)])
        // 4. exp
        let now = core.now
        let clock = core.clockDifference
        let expiry = try require(claims["exp"]?.numericDate, .assertionExpiryMissing)
        try require(
            expiry + core.clockSkew > now, .assertionExpired,
            detail: clock.expired("exp", expiry, issued: claims["iat"]?.numericDate))
        try require(
            expiry <= now + Self.longestLife + core.clockSkew, .assertionTooLong, detail: clock.tooFar("exp", expiry))
        // 5. and 6. nbf, iat
        for name in ["nbf", "iat"] {
            guard let claim = claims[name] else { continue }
            let time = claim.numericDate
            try require(
                time.map { $0 <= now + core.clockSkew } == true, .assertionNotYetValid, detail: clock.ahead(name, time))
        }
        // 7. jti. It comes last, so that a refused assertion does not use it up.
        let identifier = claims["jti"]?.string ?? ""
        try require((1...255).contains(identifier.unicodeScalars.count), .assertionIdentifier)
        try require(
            core.state.useAssertion(
                identifier, clientID: client.clientID, until: expiry + core.clockSkew + 1, now: now),
            .assertionReplayed)
    }
}
