public import HTTPTypes
import JOSE

/// Serves `/.well-known/apple-app-site-association`, which lets iOS open your app for the redirect URI (a universal
/// link).
///
/// ```swift
/// let endpoint = try AppleAppSiteAssociationEndpoint([
///     .init(appIDs: ["ABCDE12345.com.example.app"], components: [.path("/itsme/callback")])
/// ])
/// ```
///
/// Apple ("Supporting associated domains") and itsme require JSON of at most 128 KB with the type `application/json`,
/// without a redirect and without the suffix `.json`.
public struct AppleAppSiteAssociationEndpoint: HTTPHandler {
    /// Which URLs open which apps.
    public struct Details: Sendable, Hashable {
        /// Application identifiers: a prefix or team ID of ten characters, a dot, and the bundle identifier.
        public var appIDs: [String]

        /// The URLs. The first matching component decides.
        public var components: [Component]

        /// Makes details.
        public init(appIDs: [String], components: [Component]) {
            self.appIDs = appIDs
            self.components = components
        }
    }

    /// A URL pattern, as in Apple's `applinks.Details.Components`: `*` matches any text, `?*` at least one character,
    /// `?` one character.
    public struct Component: Sendable, Hashable {
        /// The pattern of the path; starts with a slash or is `*`.
        public var path: String

        /// Patterns of query parameters by name. All must match.
        public var query: [String: String]

        /// Whether matching URLs stay in the browser.
        public var isExcluded: Bool

        /// Makes a component.
        public init(path: String, query: [String: String] = [:], isExcluded: Bool = false) {
            self.path = path
            self.query = query
            self.isExcluded = isExcluded
        }

        /// URLs with this path open the app.
        public static func path(_ pattern: String) -> Component { Component(path: pattern) }

        /// URLs with this path stay in the browser.
        public static func excluding(_ pattern: String) -> Component { Component(path: pattern, isExcluded: true) }
    }

    /// 128 KB, read as 128,000 bytes to be safe.
    private static let maximumSize = 128_000

    private let document: PublishedDocument

    /// Makes the document.
    ///
    /// - Throws: ``ItsmeError`` `invalid_configuration`; the field names the parameter.
    public init(_ details: [Details]) throws(ItsmeError) {
        var elements: [JSONValue] = []
        for details in details {
            guard !details.appIDs.isEmpty, details.appIDs.allSatisfy(Self.isAppID) else {
                throw Self.invalid(
                    "an application identifier is missing or malformed",
                    "Write it as in ABCDE12345.com.example.app.", "appIDs")
            }
            guard !details.components.isEmpty, details.components.allSatisfy(Self.isUsable) else {
                throw Self.invalid(
                    "a path pattern is missing or malformed",
                    "Start it with a slash, and use printable ASCII characters only.", "components")
            }
            elements.append([
                "appIDs": .array(details.appIDs.map { .string($0) }),
                "components": .array(details.components.map(\.json)),
            ])
        }
        guard !elements.isEmpty else {
            throw Self.invalid("there is no app", "Name at least one app.", "details")
        }
        let document: JSONValue = ["applinks": ["details": .array(elements)]]
        let body = document.serialized()
        guard body.count <= Self.maximumSize else {
            throw Self.invalid("the document is larger than 128 KB", "Use fewer patterns.", "components")
        }
        self.document = PublishedDocument(
            body: body, contentType: "application/json", cacheControl: "public, max-age=3600")
    }

    /// Answers GET and HEAD with the document.
    public func respond(to request: HTTPRequest, body: [UInt8]) async -> HTTPReply {
        document.respond(to: request)
    }

    private static func isAppID(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: 0x2E, maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let prefix = parts.first, let bundle = parts.last else { return false }
        let labels = bundle.split(separator: 0x2E, omittingEmptySubsequences: false)
        return prefix.count == 10 && prefix.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) }
            && text.utf8.count <= 255
            && labels.allSatisfy { label in
                !label.isEmpty
                    && label.allSatisfy { byte in
                        switch byte {
                        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D: true
                        default: false
                        }
                    }
            }
    }

    private static func isUsable(_ component: Component) -> Bool {
        let isPrintable = { (text: String) in text.utf8.allSatisfy { (0x21...0x7E).contains($0) } }
        return (component.path.hasPrefix("/") || component.path == "*") && isPrintable(component.path)
            && component.query.allSatisfy { !$0.key.isEmpty && isPrintable($0.key) && isPrintable($0.value) }
    }

    private static func invalid(_ reason: String, _ remedy: String, _ field: String) -> ItsmeError {
        ItsmeError(.invalidConfiguration, .configuration, reason, remedy: remedy, field: field)
    }
}

extension AppleAppSiteAssociationEndpoint.Component {
    fileprivate var json: JSONValue {
        var members: JSONValue = ["/": .string(path)]
        if !query.isEmpty {
            members["?"] = .object(
                query.sorted { $0.key < $1.key }.map { JSONValue.Member(name: $0.key, value: .string($0.value)) })
        }
        if isExcluded { members["exclude"] = true }
        return members
    }
}
