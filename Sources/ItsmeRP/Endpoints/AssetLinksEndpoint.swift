public import HTTPTypes
import JOSE

/// Serves `/.well-known/assetlinks.json`, which lets Android open your app for the redirect URI (an app link; Digital
/// Asset Links, "Android App Links").
///
/// ```swift
/// let endpoint = try AssetLinksEndpoint([
///     .init(packageName: "com.example.app", certificateFingerprints: ["14:6D:E9:…"])
/// ])
/// ```
public struct AssetLinksEndpoint: HTTPHandler {
    /// An Android app and its signing certificates.
    public struct App: Sendable, Hashable {
        /// The application identifier of the app, such as `com.example.app`.
        public var packageName: String

        /// SHA-256 fingerprints of the signing certificates: 32 bytes in hexadecimal, separated by colons. With Play
        /// App Signing, use the fingerprint of Google's signing certificate.
        public var certificateFingerprints: [String]

        /// Makes an app.
        public init(packageName: String, certificateFingerprints: [String]) {
            self.packageName = packageName
            self.certificateFingerprints = certificateFingerprints
        }
    }

    private let document: PublishedDocument

    /// Makes the document.
    ///
    /// - Throws: ``ItsmeError`` `invalid_configuration`; the field names the parameter.
    public init(_ apps: [App]) throws(ItsmeError) {
        var statements: [JSONValue] = []
        for app in apps {
            guard Self.isPackageName(app.packageName) else {
                throw Self.invalid(
                    "a package name is malformed", "Write it as in com.example.app.", "packageName")
            }
            let fingerprints = app.certificateFingerprints.map { $0.uppercased() }
            guard !fingerprints.isEmpty, fingerprints.allSatisfy(Self.isFingerprint) else {
                throw Self.invalid(
                    "a fingerprint is missing or is not the SHA-256 of a certificate",
                    "Write 32 bytes in hexadecimal, separated by colons, as keytool and the Play Console show them.",
                    "certificateFingerprints")
            }
            statements.append([
                "relation": ["delegate_permission/common.handle_all_urls"],
                "target": [
                    "namespace": "android_app",
                    "package_name": .string(app.packageName),
                    "sha256_cert_fingerprints": .array(fingerprints.map { .string($0) }),
                ],
            ])
        }
        guard !statements.isEmpty else {
            throw Self.invalid("there is no app", "Name at least one app.", "apps")
        }
        document = PublishedDocument(
            body: JSONValue.array(statements).serialized(), contentType: "application/json",
            cacheControl: "public, max-age=3600")
    }

    /// Answers GET and HEAD with the document.
    public func respond(to request: HTTPRequest, body: [UInt8]) async -> HTTPReply {
        document.respond(to: request)
    }

    /// At least two segments. Each starts with a letter, followed by letters, digits and underscores.
    private static func isPackageName(_ text: String) -> Bool {
        let segments = text.utf8.split(separator: 0x2E, omittingEmptySubsequences: false)
        let isLetter = { (byte: UInt8) in (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) }
        return segments.count >= 2 && text.utf8.count <= 255
            && segments.allSatisfy { segment in
                segment.first.map(isLetter) == true
                    && segment.allSatisfy { isLetter($0) || (0x30...0x39).contains($0) || $0 == 0x5F }
            }
    }

    private static func isFingerprint(_ text: String) -> Bool {
        let bytes = text.utf8.split(separator: 0x3A, omittingEmptySubsequences: false)
        return bytes.count == 32
            && bytes.allSatisfy { byte in
                byte.count == 2 && byte.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x46).contains($0) }
            }
    }

    private static func invalid(_ reason: String, _ remedy: String, _ field: String) -> ItsmeError {
        ItsmeError(.invalidConfiguration, .configuration, reason, remedy: remedy, field: field)
    }
}
