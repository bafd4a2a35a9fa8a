import Foundation
import HTTPTypes
import ItsmeRP
import JOSE
import TestSupport
import XCTest

/// The picture, and claims of UserInfo beside those of the ID token.
final class PictureTests: XCTestCase {
    private let provider = TestProvider()
    private static let jpeg: [UInt8] = [0xFF, 0xD8, 0xFF, 0xE0, 0, 16, 0x4A, 0x46, 0x49, 0x46, 0, 1]

    private func person(
        _ claims: [(String, JSONValue)], idToken: [(String, JSONValue)] = []
    ) async throws -> (client: ItsmeClient, tokens: TokenResponse, userInfo: UserInfo) {
        let client = try provider.client()
        let tokens = try await provider.login(client) { usual in
            var claims = usual
            claims["email"] = "id-token@example.org"
            for (name, value) in idToken { claims[name] = value }
            return try await TestProvider.nestedToken(claims)
        }
        var object: JSONValue = ["sub": .string(TestProvider.subject)]
        for (name, value) in claims { object[name] = value }
        provider.answer("/userinfo") { [object] _, _ in
            HTTPReply(
                response: .init(status: .ok, headerFields: [.contentType: "application/json"]),
                body: Array(try await TestProvider.nestedToken(object).utf8))
        }
        return (client, tokens, try await client.userInfo(for: tokens))
    }

    private func serve(_ body: [UInt8], status: Int = 200) {
        provider.answer("/userinfo/picture") { _, _ in
            HTTPReply(response: .init(status: .init(code: status)), body: body)
        }
    }

    func testDownloadsThePictureWithTheAccessToken() async throws {
        let (client, tokens, userInfo) = try await person([
            ("picture", .string(TestProvider.issuer + "/userinfo/picture?id=1"))
        ])
        serve(Self.jpeg)
        let picture = try await client.picture(of: userInfo, for: tokens)
        XCTAssertEqual(picture?.value.bytes, Self.jpeg)
        XCTAssertEqual(picture?.value.mediaType, "image/jpeg")
        XCTAssertEqual(provider.sent.last?.request.headerFields[.authorization], "Bearer access-token-value")
        XCTAssertEqual(provider.sent.last?.request.path, "/v2/userinfo/picture?id=1")
    }

    func testDownloadsThePictureThatTheIDTokenNames() async throws {
        let (client, tokens, userInfo) = try await person(
            [], idToken: [("picture", .string(TestProvider.issuer + "/userinfo/picture"))])
        serve(Self.jpeg)
        let picture = try await client.picture(for: tokens)
        XCTAssertEqual(picture?.value.bytes, Self.jpeg)
        XCTAssertEqual(provider.sent.last?.request.headerFields[.authorization], "Bearer access-token-value")
        let ofUserInfo = try await client.picture(of: userInfo, for: tokens)
        XCTAssertNil(ofUserInfo, "UserInfo names none")
    }

    func testThereMayBeNoPicture() async throws {
        let (client, tokens, userInfo) = try await person([])
        for userInfo in [userInfo, nil] {
            let picture = try await client.picture(of: userInfo, for: tokens)
            XCTAssertNil(picture)
        }
    }

    func testTheAccessTokenNeverGoesToAnotherOrigin() async throws {
        for url: JSONValue in [
            "https://evil.example/picture", "https://idp.test.example:444/v2/userinfo/picture",
            "http://idp.test.example/v2/userinfo/picture", "https://idp.test.example@evil.example/",
            "/v2/userinfo/picture",
            "https://idp.test.example.evil.example/", 1, "",
        ] {
            let (client, tokens, userInfo) = try await person([("picture", url)], idToken: [("picture", url)])
            let before = provider.sent.count
            for userInfo in [userInfo, nil] {
                await assertItsmeError(.pictureRefused, phase: .userInfo, field: "picture", "\(url)") {
                    try await client.picture(of: userInfo, for: tokens)
                }
            }
            XCTAssertEqual(provider.sent.count, before)
        }
    }

    func testRefusesABodyThatIsNoImage() async throws {
        let (client, tokens, userInfo) = try await person([
            ("picture", .string(TestProvider.issuer + "/userinfo/picture"))
        ])
        for body in [[], Array("<html>".utf8), Array("<svg/>".utf8)] {
            serve(body)
            await assertItsmeError(.pictureRefused) { try await client.picture(of: userInfo, for: tokens) }
        }
        serve(Array("{\"error\":\"invalid_token\"}".utf8), status: 401)
        let error = await assertItsmeError(.userInfoRefused) { try await client.picture(of: userInfo, for: tokens) }
        XCTAssertEqual(error?.providerError?.code, .invalidToken)
    }

    /// A photo of 200 by 140 pixels is smaller, whatever its quality.
    func testAnIDTokenHasRoomForEveryClaimAndALargePhoto() async throws {
        let bytes = Self.jpeg + [UInt8](repeating: 0x5A, count: 40 << 10)
        let photo: JSONValue = ["format": "image/jpeg", "value": .string(Data(bytes).base64EncodedString())]
        let every = try XCTUnwrap(JSON(parsing: EveryClaim.text()).members)
        let tokens = try await provider.login(try provider.client()) { usual in
            var claims = usual
            for claim in every where claim.name != "sub" { claims[claim.name] = claim.value.value }
            claims[Claim.photo.name] = photo
            return try await TestProvider.nestedToken(claims)
        }
        for claim in ClaimCatalogue.all { XCTAssertNotNil(tokens.idToken.claims.raw(claim.name), claim.name) }
        XCTAssertEqual(tokens.idToken[.photo]?.value.bytes, bytes)
    }

    func testMergingNeverOverridesTheIDToken() async throws {
        let (_, tokens, userInfo) = try await person([
            ("email", "userinfo@example.org"), ("phone_number", "+32 470123456"),
        ])
        let merged = try userInfo.claims(mergedInto: tokens.idToken)
        XCTAssertEqual(merged[.email]?.value, tokens.idToken[.email]?.value)
        XCTAssertEqual(merged.raw("email")?.string, "id-token@example.org")
        XCTAssertEqual(merged.raw("phone_number")?.string, "+32 470123456")
        XCTAssertEqual(merged.raw("sub")?.string, TestProvider.subject)
        XCTAssertEqual(merged.names.count, Set(merged.names).count)
        XCTAssertTrue(merged.names.contains("phone_number") && merged.names.contains("iss"))
    }
}
