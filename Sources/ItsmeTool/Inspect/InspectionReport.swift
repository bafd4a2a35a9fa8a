#if Tool
    import ItsmeRP
    import JOSE

    /// What an inspection found.
    struct InspectionReport: Sendable {
        /// What was inspected, for programs: `id_token`.
        var kind: String
        /// The same, for people.
        var title: String
        /// Facts that are not secret, by name.
        var facts: [(name: String, text: String)] = []
        /// The headers of the token, the outer one first.
        var headers: [(form: String, header: JOSEHeader)] = []
        var claims: ClaimTable?
        var findings: [Finding] = []
        /// The stable code of the broken rule.
        var code: String?

        init(_ kind: String, _ title: String) {
            self.kind = kind
            self.title = title
        }

        /// The claims of a token.
        struct ClaimTable: Sendable {
            let json: JSON
            /// Whether the signature of the provider was verified.
            var isVerified: Bool
        }

        // MARK: As text

        func lines(showsClaims: Bool) -> [String] {
            var blocks: [[String]] = [[title]]
            let facts =
                facts
                + headers.map { ("\($0.form) header", $0.header.parts.map { "\($0) \($1)" }.joined(separator: ", ")) }
            let width = facts.map(\.0.count).max() ?? 0
            if !facts.isEmpty { blocks.append(facts.map { "\($0.0.padded(to: width))  \($0.1)" }) }
            if let claims { blocks.append(claims.lines(showsValues: showsClaims)) }
            return blocks.flatMap { $0.map(\.printable) + [""] }
        }

        // MARK: As JSON

        func members(showsClaims: Bool) -> [JSONValue.Member] {
            var members: [JSONValue.Member] = [.init(name: "kind", value: .string(kind))]
            if let code { members.append(.init(name: "code", value: .string(code))) }
            if !facts.isEmpty {
                members.append(
                    .init(
                        name: "facts",
                        value: .object(
                            facts.map {
                                JSONValue.Member(name: $0.name.replacing(" ", with: "_"), value: .string($0.text))
                            })))
            }
            if !headers.isEmpty {
                members.append(
                    .init(
                        name: "headers",
                        value: .array(
                            headers.map { header in
                                .object(header.header.parts.map { JSONValue.Member(name: $0.0, value: .string($0.1)) })
                            })))
            }
            if let claims {
                members.append(.init(name: "claims_verified", value: .bool(claims.isVerified)))
                members.append(.init(name: "claims", value: claims.value(showsValues: showsClaims)))
            }
            return members
        }
    }

    extension InspectionReport.ClaimTable {
        private var members: [(name: String, value: JSON)] { json.members ?? [] }

        func lines(showsValues: Bool) -> [String] {
            let width = members.map(\.name.count).max() ?? 0
            let title = isVerified ? "Claims" : "Claims, NOT VERIFIED: anyone may have written them"
            return [title]
                + members.map { name, value in
                    "  \(name.padded(to: width))  \(showsValues ? value.string ?? value.text : value.typeName)"
                }
        }

        func value(showsValues: Bool) -> JSONValue {
            showsValues
                ? json.value
                : .object(members.map { JSONValue.Member(name: $0.name, value: .string($0.value.typeName)) })
        }
    }

    extension JSON {
        /// The type, in words.
        var typeName: String {
            switch kind {
            case .object: "object"
            case .array: "array"
            case .string: "string"
            case .number: "number"
            case .boolean: "boolean"
            case .null: "null"
            }
        }
    }

    extension JOSEHeader {
        /// What it says, by name. Nothing of it is secret.
        var parts: [(String, String)] {
            [
                ("alg", algorithm), ("enc", contentEncryption), ("kid", keyID), ("typ", type), ("cty", contentType),
            ].compactMap { name, value in value.map { (name, $0.count > 128 ? "\($0.prefix(128))…" : $0) } }
        }
    }
#endif
