import Foundation
import HTTPTypes
import ItsmeRP
import ItsmeSandbox
import JOSE

extension LaxRelyingParty {
    private func post(_ path: String, audience: String = "/token", _ form: [String: String]) async throws -> HTTPReply {
        var claims = party.assertionClaims()
        claims["aud"] = .string(party.sandbox.issuer + audience)
        var form = form
        form["client_assertion_type"] = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
        form["client_assertion"] = try await party.signed(claims)
        return await party.get(
            "/v2" + path, method: .post, fields: [.contentType: "application/x-www-form-urlencoded"],
            body: Array(ReferenceRelyingParty.form(form).utf8))
    }

    /// The first answer of user discovery.
    func startDiscovery() async throws {
        let session = try object(
            try await post("/user_discovery_sessions", audience: "/backchannel/authentication", [:]))
        guard let name = session["user_discovery_session_id"]?.string else { throw Failure("no session") }
        try checks.require(.sessionName, !["", ".", ".."].contains(name))
        try checks.require(.discoveryStatus, session["status"]?.string == "PENDING_USER_DISCOVERY")
        let holder = session["user_discovery_token"] ?? session
        guard let image = Data(base64Encoded: holder["qr_code"]?.string ?? "") else { throw Failure("no code") }
        try checks.require(.qrCodeFormat, Array(image.prefix(2)) == [0xFF, 0xD8])
    }

    /// A backchannel request for a known person; returns its `auth_req_id`.
    func authenticate(_ subject: String) async throws -> String {
        var request: JSONValue = [
            "iss": .string(ReferenceRelyingParty.clientID), "aud": .string(party.sandbox.issuer),
            "iat": .integer(party.now), "nbf": .integer(party.now), "exp": .integer(party.now + 300),
            "jti": .string(UUID().uuidString), "scope": "openid service:SHOP_LOGIN",
            "login_hint_token": ["type": "subject_code", "value": .string(subject)],
        ]
        if kind == .keyPair, isPinged { request["client_notification_token"] = .string(Self.bearer) }
        let answer = try object(
            try await post("/backchannel/authentication", ["request": try await party.signed(request)]))
        guard let id = (answer["auth_req_id"] ?? answer["auth_request_id"])?.string else {
            throw Failure("no auth_req_id")
        }
        try checks.require(.authReqIDPresent, !id.isEmpty)
        try checks.require(.backchannelLifetime, answer["expires_in"]?.integer != nil)
        return id
    }

    private static let bearer = "the-token-of-this-request"

    private var isPinged: Bool { party.transport.serves(Self.notificationEndpoint) }

    /// A login without a browser, the person approving at once; polls while it is told to.
    func backchannelLogin(_ subject: String) async throws {
        let id = try await authenticate(subject)
        await party.sandbox.answerBackchannelRequest()
        var form = ["grant_type": "urn:openid:params:grant-type:ciba", "client_id": ReferenceRelyingParty.clientID]
        form["auth_req_id"] = id
        for _ in 0..<3 {
            let reply = try await post("/token", form)
            party.clock.advance(by: .seconds(15))
            let mayAskAgain = ["authorization_pending", "slow_down", "temporarily_unavailable"]
            if mayAskAgain.contains(reply.member("error") ?? "") { continue }
            let (accessToken, idToken) = try tokens(try object(reply))
            guard let idToken else { return }
            let claims = try await claims(of: idToken)
            try check(claims, accessToken: accessToken, nonce: nil)
            try checks.require(.askedSubject, claims["sub"]?.string == subject)
            let named = claims["urn:openid:params:jwt:claim:auth_req_id"]
            try checks.require(.authReqIDClaim, named == nil || named?.string == id)
            return
        }
        throw Failure("no answer")
    }

    /// A ping after the person's answer, as the endpoint of the client sees it.
    func ping(_ subject: String) async throws {
        party.transport.serve(Self.notificationEndpoint, [], status: .noContent)
        let id = try await authenticate(subject)
        await party.sandbox.answerBackchannelRequest()
        guard let (request, body) = party.transport.lastRequest else { throw Failure("no ping") }
        try checks.require(.pingBearer, request.headerFields[.authorization] == "Bearer \(Self.bearer)")
        try checks.require(.pingRequest, try JSON(parsing: body)["auth_req_id"]?.string == id)
    }
}
