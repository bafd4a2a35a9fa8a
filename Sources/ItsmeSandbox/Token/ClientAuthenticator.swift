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
        guard fields[.authorization] == nil else { throw SandboxRefusal(.authenticationBasic) }
        switch (form["client_assertion"], form["client_secret"]) {
        case (let assertion?, nil):
            return try await client(of: form, assertion: assertion)
        case (nil, let secret?):
            return try client(of: form, secret: secret)
        case (_?, _?):
            throw SandboxRefusal(.authenticationSeveral)
        case (nil, nil):
            throw SandboxRefusal(.authenticationMissing)
        }
    }

    private func client(of form: FormParameters, secret: String) throws(SandboxRefusal) -> ClientRegistration {
        guard let clientID = form["client_id"], let client = core.client(clientID) else {
            throw SandboxRefusal(.clientUnknown)
        }
        guard let expected = client.secret else {
            throw SandboxRefusal(.authenticationMethod, clientID: client.clientID)
        }
        guard expected.matches(secret) else { throw SandboxRefusal(.secretWrong, clientID: client.clientID) }
        return client
    }

    private func client(
        of form: FormParameters, assertion: String
    ) async throws(SandboxRefusal) -> ClientRegistration {
        guard form["client_assertion_type"] == Self.assertionType else { throw SandboxRefusal(.assertionType) }
        let received = ReceivedToken(
            core: core, rules: .clientAssertion(mustBeEncrypted: core.requiresEncryptedAssertions))
        let (jws, compact) = try await received.signedToken(assertion)

        // A client with a key pair may leave out client_id; then the assertion names it. What is read here before
        // verification serves only to find the keys.
        guard let clientID = form["client_id"] ?? JSON(unverifiedClaimsOf: compact)?["iss"]?.string else {
            throw SandboxRefusal(.assertionIssuer)
        }
        guard let client = core.client(clientID) else { throw SandboxRefusal(.clientUnknown) }
        do throws(SandboxRefusal) {
            guard case .privateKeyJWT = client.authentication else { throw SandboxRefusal(.authenticationMethod) }
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
        let isIssuer = claims["iss"]?.string?.hasSameBytes(as: client.clientID) == true
        guard isIssuer else {
            throw SandboxRefusal(
                claims["iss"]?.string == nil || form["client_id"] == nil ? .assertionIssuer : .clientIDDiffers,
                sent: [.init("iss", claims["iss"]?.string ?? "")], expected: [.init("iss", client.clientID)])
        }
        // 2. sub
        guard let subject = claims["sub"]?.string, subject.hasSameBytes(as: client.clientID) else {
            throw SandboxRefusal(
                .assertionSubject, sent: [.init("sub", claims["sub"]?.string ?? "")],
                expected: [.init("sub", client.clientID)])
        }
        // 3. aud
        guard let audiences = claims["aud"]?.audiences, audiences.containsExactly(core.endpoints.url(audience)) else {
            throw SandboxRefusal(
                .assertionAudience, detail: "Here it is \(core.endpoints.url(audience)).",
                sent: [.init("aud", claims["aud"]?.audiences ?? [])],
                expected: [.init("aud", core.endpoints.url(audience))])
        }
        // 4. exp
        let now = core.now
        let clock = core.clockDifference
        guard let expiry = claims["exp"]?.numericDate else { throw SandboxRefusal(.assertionExpiryMissing) }
        guard expiry + core.clockSkew > now else {
            throw SandboxRefusal(
                .assertionExpired, detail: clock.expired("exp", expiry, issued: claims["iat"]?.numericDate))
        }
        guard expiry <= now + Self.longestLife + core.clockSkew else {
            throw SandboxRefusal(.assertionTooLong, detail: clock.tooFar("exp", expiry))
        }
        // 5. and 6. nbf, iat
        for name in ["nbf", "iat"] {
            guard let claim = claims[name] else { continue }
            guard let time = claim.numericDate, time <= now + core.clockSkew else {
                throw SandboxRefusal(.assertionNotYetValid, detail: clock.ahead(name, claim.numericDate))
            }
        }
        // 7. jti. It comes last, so that a refused assertion does not use it up.
        guard let identifier = claims["jti"]?.string, !identifier.isEmpty, identifier.unicodeScalars.count <= 255 else {
            throw SandboxRefusal(.assertionIdentifier)
        }
        guard
            core.state.useAssertion(
                identifier, clientID: client.clientID, until: expiry + core.clockSkew + 1, now: now)
        else { throw SandboxRefusal(.assertionReplayed) }
    }
}
