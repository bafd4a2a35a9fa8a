import HTTPTypes
import ItsmeRP
import JOSE
import TestSupport
import XCTest

/// The documents with which phones open the application's own app for the redirect URI.
final class AppLinkEndpointTests: XCTestCase {
    private typealias Apple = AppleAppSiteAssociationEndpoint
    private static let fingerprint = Array(repeating: "AB", count: 32).joined(separator: ":")

    // MARK: iOS

    func testServesTheAssociationForIOS() async throws {
        let endpoint = try Apple([
            .init(
                appIDs: ["ABCDE12345.com.example.app-1"],
                components: [
                    .excluding("/itsme/callback/web"), .path("/itsme/callback"),
                    .init(path: "*", query: ["state": "?*", "code": "?*"]),
                ])
        ])
        let reply = await endpoint.send("/.well-known/apple-app-site-association")
        XCTAssertEqual(reply.response.status, .ok)
        XCTAssertEqual(reply["Content-Type"], "application/json")
        XCTAssertNil(reply["Location"])
        XCTAssertEqual(
            reply.text,
            """
            {"applinks":{"details":[{"appIDs":["ABCDE12345.com.example.app-1"],"components":[\
            {"/":"/itsme/callback/web","exclude":true},{"/":"/itsme/callback"},\
            {"/":"*","?":{"code":"?*","state":"?*"}}]}]}}
            """)
        await assertOnlyReads(endpoint, "/.well-known/apple-app-site-association")
    }

    func testRefusesAMalformedApplicationIdentifier() async {
        for appID in [
            "", "com.example.app", "ABCDE12345", "ABCDE12345.", "abcde12345.com.example", "ABCDE1234.com.example",
            "ABCDE12345.com..example", "ABCDE12345.com.exämple", "ABCDE12345.com.example ", "ABCDE12345.*",
            "ABCDE12345." + String(repeating: "a", count: 300),
        ] {
            await assertItsmeError(.invalidConfiguration, field: "appIDs", appID) {
                try Apple([.init(appIDs: [appID], components: [.path("/a")])])
            }
        }
        await assertItsmeError(.invalidConfiguration, field: "appIDs") {
            try Apple([.init(appIDs: [], components: [.path("/a")])])
        }
        await assertItsmeError(.invalidConfiguration, field: "details") { try Apple([]) }
    }

    func testRefusesAMalformedPattern() async {
        for path in ["", "itsme", "/a b", "/é", "https://rp.example/a", "/a\n"] {
            await assertItsmeError(.invalidConfiguration, field: "components", path) {
                try Apple([.init(appIDs: ["ABCDE12345.com.example"], components: [.path(path)])])
            }
        }
        await assertItsmeError(.invalidConfiguration, field: "components") {
            try Apple([.init(appIDs: ["ABCDE12345.com.example"], components: [])])
        }
    }

    func testRefusesADocumentOfMoreThan128KB() async {
        let components = (0..<5000).map { Apple.Component.path("/itsme/callback/with/a/long/path/\($0)") }
        await assertItsmeError(.invalidConfiguration, field: "components") {
            try Apple([.init(appIDs: ["ABCDE12345.com.example"], components: components)])
        }
    }

    // MARK: Android

    func testServesTheLinksForAndroid() async throws {
        let endpoint = try AssetLinksEndpoint([
            .init(packageName: "com.example.my_app2", certificateFingerprints: [Self.fingerprint.lowercased()])
        ])
        let reply = await endpoint.send("/.well-known/assetlinks.json")
        XCTAssertEqual(reply.response.status, .ok)
        XCTAssertEqual(reply["Content-Type"], "application/json")
        XCTAssertEqual(
            reply.text,
            """
            [{"relation":["delegate_permission/common.handle_all_urls"],"target":{"namespace":"android_app",\
            "package_name":"com.example.my_app2","sha256_cert_fingerprints":["\(Self.fingerprint)"]}}]
            """)
        await assertOnlyReads(endpoint, "/.well-known/assetlinks.json")
    }

    func testRefusesAMalformedPackageName() async {
        for name in ["", "app", "com.", "com..app", ".com.app", "com.1app", "com.my-app", "com.ex ample", "com.é.app"] {
            await assertItsmeError(.invalidConfiguration, field: "packageName", name) {
                try AssetLinksEndpoint([.init(packageName: name, certificateFingerprints: [Self.fingerprint])])
            }
        }
        await assertItsmeError(.invalidConfiguration, field: "apps") { try AssetLinksEndpoint([]) }
    }

    func testRefusesWhatIsNoSHA256Fingerprint() async {
        let sha1 = Array(repeating: "AB", count: 20).joined(separator: ":")
        for fingerprint in [
            "", sha1, Self.fingerprint + ":AB", Self.fingerprint.replacing(":", with: ""),
            Self.fingerprint.replacing("AB", with: "AG"), Self.fingerprint + "\n", "ı" + Self.fingerprint.dropFirst(),
        ] {
            await assertItsmeError(.invalidConfiguration, field: "certificateFingerprints", fingerprint) {
                try AssetLinksEndpoint([.init(packageName: "com.example.app", certificateFingerprints: [fingerprint])])
            }
        }
        await assertItsmeError(.invalidConfiguration, field: "certificateFingerprints") {
            try AssetLinksEndpoint([.init(packageName: "com.example.app", certificateFingerprints: [])])
        }
    }
}
