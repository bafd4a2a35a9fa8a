#if Tool
    import Foundation
    import HTTPTypes
    import ItsmeRP
    import JOSE

    /// Describes requests and answers without their secrets: of tokens, codes, assertions, states and verifiers, only kind
    /// and length are shown.
    enum Shape {
        /// Parameters and members whose values are not secret.
        private static let publicNames: Set<String> = [
            "approve", "client_assertion_type", "client_id", "code_challenge_method", "detail", "error",
            "error_description", "expires_in", "grant_type", "iss", "locale", "redirect_uri", "response_type", "scope",
            "target", "token_type",
        ]

        /// Describes the parameters of a query.
        static func parameters(ofQuery query: String) -> [(name: String, text: String)] {
            parameters(Substring(query)).map { ($0.name, $0.shape) }
        }

        /// How detailed a description is.
        enum Detail {
            /// Each parameter and member on a separate line, with its value, or with kind and length if it is secret.
            case full
            /// Only the names, with the algorithms of tokens.
            case brief
        }

        /// A parameter or member.
        private struct Part {
            let name: String
            /// Its value, or its description if it is secret.
            let shape: String
            /// The algorithms, if it is a token.
            let token: String?

            var isBody: Bool { name.isEmpty }
            var full: String { isBody ? shape : "\(name)=\(shape)" }
            var brief: String { isBody ? shape : token.map { "\(name) (\($0))" } ?? name }
        }

        private static func token(_ text: String) -> String? {
            if let header = try? JWE(text).header {
                return "encrypted token \(header.algorithm)/\(header.contentEncryption ?? "?")"
            }
            if let header = try? JWS(text).header {
                return "signed token \(header.algorithm)"
            }
            return nil
        }

        /// Describes a request: method, URL, the parameters of query and form, and the `Authorization` header.
        static func request(_ request: HTTPRequest, body: [UInt8], detail: Detail) -> String {
            let target = request.path ?? "/"
            let mark = target.firstIndex(of: "?")
            let path = path(target[..<(mark ?? target.endIndex)])
            let address = "\(request.scheme ?? "")://\(request.authority ?? "")\(path)"
            var parts: [Part] = []
            if let mark { parts += parameters(target[target.index(after: mark)...]) }
            if request.headerFields[.contentType] == "application/x-www-form-urlencoded" {
                parts += parameters(Substring(decoding: body, as: UTF8.self))
            }
            if let words = request.headerFields[.authorization]?.split(separator: " ", maxSplits: 1), words.count == 2 {
                let shape = detail == .full ? " \(part("", String(words[1])).shape)" : ""
                parts.append(Part(name: "", shape: "Authorization: \(words[0])\(shape)", token: nil))
            }
            return block("\(request.method) \(address)", parts, detail)
        }

        /// Describes a path. Of a long segment, which may be a secret, only the length is shown.
        private static func path(_ path: Substring) -> String {
            path.split(separator: "/", omittingEmptySubsequences: false)
                .map { $0.utf8.count < 32 ? String($0) : "<\(size(String($0)))>" }
                .joined(separator: "/")
        }

        /// Describes an answer: status, media type and size; for a redirect its target; for tokens or an error the members.
        static func reply(_ reply: HTTPReply, detail: Detail) -> String {
            let status = "\(reply.response.status.code)"
            if let location = reply.response.headerFields[.location] {
                let mark = location.firstIndex(of: "?")
                // In brief, leaves out the parameters: the next request has the same ones.
                let parts = detail == .full ? mark.map { parameters(location[location.index(after: $0)...]) } ?? [] : []
                return block("\(status) to \(location[..<(mark ?? location.endIndex)])", parts, detail)
            }
            let media = reply.response.headerFields[.contentType] ?? "no media type"
            return block("\(status) \(media), \(reply.body.count) bytes", members(reply.body), detail)
        }

        private static func block(_ first: String, _ parts: [Part], _ detail: Detail) -> String {
            guard !parts.isEmpty else { return first }
            let lines =
                switch detail {
                case .full: parts.map(\.full)
                case .brief: [parts.map(\.brief).joined(separator: ", ")]
                }
            return ([first] + lines).joined(separator: "\n         ")
        }

        private static func members(_ body: [UInt8]) -> [Part] {
            if let text = String(validating: body, as: UTF8.self), let token = token(text) {
                return [Part(name: "", shape: "\(token), \(size(text))", token: token)]
            }
            guard let json = try? JSON(parsing: body), json["id_token"] != nil || json["error"] != nil else {
                return []
            }
            return (json.members ?? []).map { member in part(member.name, member.value.string ?? member.value.text) }
        }

        private static func parameters(_ query: Substring) -> [Part] {
            query.split(separator: "&").map { pair in
                let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                let text = halves.count == 2 ? String(halves[1]) : ""
                return part(String(halves[0]), text.replacing("+", with: " ").removingPercentEncoding ?? text)
            }
        }

        private static func part(_ name: String, _ text: String) -> Part {
            if publicNames.contains(name) { return Part(name: name, shape: text, token: nil) }
            let token = token(text)
            return Part(
                name: name, shape: "<\([token, size(text)].compactMap(\.self).joined(separator: ", "))>", token: token)
        }

        private static func size(_ text: String) -> String { "\(text.utf8.count) characters" }
    }
#endif
