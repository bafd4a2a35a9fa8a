#if Tool
    import Foundation
    import HTTPTypes
    import ItsmeRP
    import JOSE
    import WebFormats

    /// Which apps a redirect URI is meant to open.
    struct AppLinkExpectation: Sendable {
        enum Platform: String, Sendable, CaseIterable {
            case ios, android, both

            var hasIOS: Bool { self != .android }
            var hasAndroid: Bool { self != .ios }
        }

        var platform: Platform
        /// Application identifiers that must be named; any if empty.
        var iosApps: [String] = []
        /// Package names that must be named; any if empty.
        var androidApps: [String] = []
    }

    /// Fetches the two files that let a redirect URI open an app, and checks them.
    struct AppLinkCheck: Sendable {
        let expectation: AppLinkExpectation
        let transport: any HTTPTransport

        static let iosPath = "/.well-known/apple-app-site-association"
        static let androidPath = "/.well-known/assetlinks.json"

        /// Apple's limit, read as 128,000 bytes to be safe.
        private static let maximumSize = 128_000

        /// Checks the files on the host of a redirect URI.
        func findings(for redirectURI: Endpoint) async -> [Finding] {
            var findings: [Finding] = []
            if expectation.platform.hasIOS {
                findings.append(
                    await finding(.iosAppLink, Self.iosPath, redirectURI) { json throws(Fault) in
                        try checkAssociation(json, path: redirectURI.pathOnly)
                    })
            }
            if expectation.platform.hasAndroid {
                findings.append(
                    await finding(.androidAppLink, Self.androidPath, redirectURI) { json throws(Fault) in
                        try checkAssetLinks(json)
                    })
            }
            return findings
        }

        /// What is wrong with a file.
        private struct Fault: Error {
            let text: String
            let remedy: String
        }

        private func finding(
            _ check: DoctorCheck, _ path: String, _ redirectURI: Endpoint, _ body: (JSON) throws(Fault) -> Void
        ) async -> Finding {
            let url = "\(redirectURI.scheme)://\(redirectURI.authority)\(path)"
            do throws(Fault) {
                try body(try await fetch(url, path))
                return check.ok("\(url) opens the app for the redirect URI.")
            } catch {
                return check.fail("\(url): \(error.text).", remedy: error.remedy)
            }
        }

        private func fetch(_ url: String, _ path: String) async throws(Fault) -> JSON {
            let remedy = "Serve the file at \(path) on this host; itsme applinks write makes it."
            let reply: HTTPReply
            do {
                let endpoint = try Endpoint(url, allowsLoopbackHTTP: true)
                reply = try await transport.send(
                    endpoint.request(.get, headerFields: [.accept: "application/json"]), body: [], limits: HTTPLimits())
            } catch {
                let reason = (error as? HTTPTransportError)?.reason ?? "the request failed"
                throw Fault(text: "it cannot be fetched: \(reason)", remedy: remedy)
            }
            let status = reply.response.status
            guard status.kind != .redirection else {
                throw Fault(text: "it redirects, and phones follow no redirect", remedy: remedy)
            }
            guard status == .ok else { throw Fault(text: "it answers with status \(status.code)", remedy: remedy) }
            let fields = reply.response.headerFields
            guard fields.hasMediaType(of: ["application/json"]) else {
                throw Fault(
                    text: "its media type is \(fields.mediaType ?? "missing")",
                    remedy: "Send Content-Type: application/json")
            }
            guard reply.body.count <= Self.maximumSize else {
                throw Fault(text: "it is larger than 128 KB", remedy: "Use fewer patterns.")
            }
            do {
                return try JSON(parsing: reply.body, limits: JSONLimits(maximumSize: Self.maximumSize))
            } catch {
                throw Fault(text: "it is not JSON (\(error.reason))", remedy: "Write it with: itsme applinks write")
            }
        }

        // MARK: iOS

        private func checkAssociation(_ json: JSON, path: String) throws(Fault) {
            guard let details = json["applinks"]?["details"]?.elements, !details.isEmpty else {
                throw Fault(
                    text: "it has no applinks.details", remedy: "Write it with: itsme applinks write --ios-app ID")
            }
            var named: Set<String> = []
            var covering: Set<String> = []
            for detail in details {
                let apps =
                    detail["appIDs"]?.elements?.compactMap(\.string) ?? [detail["appID"]?.string].compactMap(\.self)
                named.formUnion(apps)
                if Self.covers(detail, path) { covering.formUnion(apps) }
            }
            if let missing = expectation.iosApps.first(where: { !named.contains($0) }) {
                throw Fault(text: "it does not name the app \(missing)", remedy: "Add the app to appIDs.")
            }
            let isCovered =
                expectation.iosApps.isEmpty ? !covering.isEmpty : expectation.iosApps.allSatisfy(covering.contains)
            guard isCovered else {
                throw Fault(
                    text: "no pattern covers the path \(path) of the redirect URI",
                    remedy: "Add a component for the path: {\"/\": \"\(path)\"}.")
            }
        }

        /// Whether the first pattern that matches the path lets the app open it ("Supporting associated domains").
        private static func covers(_ detail: JSON, _ path: String) -> Bool {
            if let components = detail["components"]?.elements {
                for component in components where matches(component, path) {
                    return component["exclude"]?.bool != true
                }
                return false
            }
            // The form before iOS 13: a list of paths, in which NOT excludes.
            for entry in detail["paths"]?.elements?.compactMap(\.string) ?? [] {
                let isExcluded = entry.hasPrefix("NOT ")
                if PathPattern(isExcluded ? String(entry.dropFirst(4)) : entry).matches(path) { return !isExcluded }
            }
            return false
        }

        private static func matches(_ component: JSON, _ path: String) -> Bool {
            let isCaseSensitive = component["caseSensitive"]?.bool ?? true
            let pattern = component["/"]?.string ?? "*"
            let matchesPath =
                isCaseSensitive
                ? PathPattern(pattern).matches(path) : PathPattern(pattern.lowercased()).matches(path.lowercased())
            // The callback has a query with code and state, or with an error, and no fragment.
            let query = component["?"]?.members ?? []
            let matchesQuery =
                query.allSatisfy {
                    ["code", "state", "iss"].contains($0.name) && ["*", "?*"].contains($0.value.string)
                }
                && (component["?"]?.string.map { PathPattern($0).matches("code=c&state=s") } ?? true)
            let matchesFragment = component["#"]?.string.map { PathPattern($0).matches("") } ?? true
            return matchesPath && matchesQuery && matchesFragment
        }

        // MARK: Android

        private func checkAssetLinks(_ json: JSON) throws(Fault) {
            let relation = "delegate_permission/common.handle_all_urls"
            let statements = json.elements?.filter { statement in
                statement["relation"]?.elements?.contains { $0.string == relation } == true
                    && statement["target"]?["namespace"]?.string == "android_app"
            }
            guard let statements, !statements.isEmpty else {
                throw Fault(
                    text: "no statement lets an Android app handle the URLs",
                    remedy: "Write it with: itsme applinks write --android-app PACKAGE --fingerprint SHA256")
            }
            let packages = statements.compactMap { $0["target"]?["package_name"]?.string }
            if let missing = expectation.androidApps.first(where: { !packages.contains($0) }) {
                throw Fault(text: "it does not name the app \(missing)", remedy: "Add a statement for the app.")
            }
            for statement in statements {
                let target = statement["target"]
                do {
                    // Makes the same checks of the package name and the fingerprints.
                    _ = try AssetLinksEndpoint([
                        .init(
                            packageName: target?["package_name"]?.string ?? "",
                            certificateFingerprints: target?["sha256_cert_fingerprints"]?.elements?.map {
                                $0.string ?? ""
                            } ?? [])
                    ])
                } catch {
                    throw Fault(text: error.reason, remedy: error.remedy)
                }
            }
        }
    }

    /// A pattern of Apple: `*` matches any text, `?` one character.
    struct PathPattern {
        private let pattern: [Character]

        init(_ text: String) { pattern = Array(text) }

        func matches(_ text: String) -> Bool {
            let text = Array(text)
            var (place, index) = (0, 0)
            // Where the last star stands, and how much of the text it has matched so far.
            var star: (place: Int, index: Int)?
            while index < text.count {
                if place < pattern.count, pattern[place] == "*" {
                    star = (place, index)
                    place += 1
                } else if place < pattern.count, pattern[place] == "?" || pattern[place] == text[index] {
                    place += 1
                    index += 1
                } else if let last = star {
                    star = (last.place, last.index + 1)
                    place = last.place + 1
                    index = last.index + 1
                } else {
                    return false
                }
            }
            return pattern[place...].allSatisfy { $0 == "*" }
        }
    }

    extension Endpoint {
        /// The path, without the query.
        var pathOnly: String { String(target.prefix { $0 != "?" }) }
    }
#endif
