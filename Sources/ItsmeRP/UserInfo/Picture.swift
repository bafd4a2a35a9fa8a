import HTTPTypes
import JOSE

extension ItsmeClient {
    /// Downloads the picture that UserInfo names. One HTTP request with the access token.
    ///
    /// The token is sent to the origin of the UserInfo endpoint and nowhere else, whatever URL the claim holds.
    ///
    /// - Returns: The image, at most 1 MiB; nil when UserInfo has no picture.
    /// - Throws: ``ItsmeError`` of the phase `userinfo`: `picture_refused` when the URL is of another origin or the body
    ///   is no JPEG, PNG or JPEG 2000; `userinfo_refused` when itsme answers with an error; or `CancellationError`.
    public func picture(of userInfo: UserInfo, for tokens: TokenResponse) async throws -> Personal<PhotoImage>? {
        try requireOwn(tokens, phase: .userInfo)
        guard let claim = userInfo.claims.raw(Claim<Personal<String>>.picture.name) else { return nil }
        let metadata = try await provider.metadata()
        guard let url = claim.string,
            let endpoint = try? Endpoint(url, allowsLoopbackHTTP: configuration.environment.allowsLoopbackHTTP),
            endpoint.scheme == metadata.userInfo.scheme, endpoint.authority == metadata.userInfo.authority
        else {
            throw Self.pictureRefused("the picture is not at the origin of the UserInfo endpoint")
        }
        let reply = try await http.send(
            endpoint.request(
                .get,
                headerFields: [
                    .accept: "image/jpeg, image/png, image/jp2",
                    .authorization: "Bearer " + tokens.accessToken.exposedValue,
                ]),
            body: [], phase: .userInfo)
        guard reply.response.status == .ok else {
            throw refusal(.userInfoRefused, reply, phase: .userInfo)
        }
        guard let image = PhotoImage(bytes: reply.body) else {
            throw Self.pictureRefused("the body is no JPEG, PNG or JPEG 2000 image")
        }
        return Personal(image)
    }

    private static func pictureRefused(_ reason: String) -> ItsmeError {
        ItsmeError(
            .pictureRefused, .userInfo, reason,
            field: "picture")
    }
}
