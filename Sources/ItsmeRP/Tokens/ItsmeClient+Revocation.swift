#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import HTTPTypes
import WebFormats

extension ItsmeClient {
    /// Revokes the access token (RFC 7009). itsme only offers it to clients with a client secret. Sends one HTTP
    /// request.
    ///
    /// itsme gives the same answer for an unknown token as for a revoked one.
    ///
    /// - Throws: ``ItsmeError`` of the phase `revocation`: `revocation_not_offered` with a key pair or when the discovery
    ///   document names no revocation endpoint; `revocation_refused` when itsme answers with an error; or
    ///   `CancellationError`.
    public func revoke(_ tokens: TokenResponse) async throws {
        try requireOwn(tokens, phase: .revocation)
        let metadata = try await provider.metadata()
        guard case .clientSecretPost(let secret) = configuration.authentication.method else {
            throw ItsmeError(
                .revocationNotOffered, .revocation, "itsme offers revocation only to clients with a client secret",
                field: "authentication")
        }
        guard let endpoint = metadata.revocation else {
            throw ItsmeError(
                .revocationNotOffered, .revocation, "the discovery document names no revocation endpoint",
                field: "revocation_endpoint")
        }
        // RFC 6749 §2.3.1: both parts are form-encoded first.
        let credentials =
            FormEncoding.encodeComponent(configuration.clientID) + ":"
            + FormEncoding.encodeComponent(secret.secret.exposedValue)
        let form = FormEncoding.encode([
            ("token", tokens.accessToken.exposedValue), ("token_type_hint", "access_token"),
        ])
        let reply = try await http.send(
            endpoint.request(
                .post,
                headerFields: [
                    .accept: "application/json", .contentType: "application/x-www-form-urlencoded",
                    .authorization: "Basic " + Data(credentials.utf8).base64EncodedString(),
                ]),
            body: Array(form.utf8), phase: .revocation)
        guard reply.response.status == .ok else {
            throw refusal(.revocationRefused, reply, phase: .revocation)
        }
    }
}
