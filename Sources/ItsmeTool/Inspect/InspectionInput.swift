#if Tool
    import ArgumentParser
    import Foundation

    /// What is to be inspected, without what surrounds it after copying.
    struct InspectionInput {
        let text: String
        /// What was taken away.
        let removed: [String]

        /// More than any answer of itsme has.
        private static let maximumSize = 4 << 20

        /// Takes the argument, the file, or standard input.
        init(argument: String?, file: String?) throws {
            if let argument {
                try self.init(cleaning: argument, from: "The argument")
            } else if let file {
                let data = try InputFile(path: file).contents()
                try self.init(data, from: file)
            } else {
                guard isatty(STDIN_FILENO) == 0 else {
                    throw ValidationError(
                        "Give the token, URL, answer or error: --file FILE, or by standard input, as in: itsme inspect < FILE"
                    )
                }
                let data = try FileHandle.standardInput.read(upToCount: Self.maximumSize + 1) ?? Data()
                try self.init(data, from: "Standard input")
            }
        }

        private init(_ data: Data, from source: String) throws(ToolFailure) {
            guard data.count <= Self.maximumSize else {
                throw ToolFailure("\(source): it is larger than 4 MiB. Give one token, URL, answer or log line.")
            }
            guard let text = String(data: data, encoding: .utf8) else {
                throw ToolFailure("\(source): it is not text. Give the token, URL, answer or log line as text.")
            }
            try self.init(cleaning: text, from: source)
        }

        init(cleaning given: String, from source: String = "It") throws(ToolFailure) {
            var text = given.trimmingCharacters(in: .whitespacesAndNewlines)
            var removed: [String] = []
            if let first = text.first, let last = text.last, text.count > 1, "\"'`".contains(first), first == last {
                text = text.dropFirst().dropLast().trimmingCharacters(in: .whitespacesAndNewlines)
                removed.append("quotes")
            }
            if let match = text.prefixMatch(of: /(?i)(authorization:\s*)?bearer\s+/) {
                text = String(text[match.range.upperBound...])
                removed.append("the word Bearer")
            }
            if text.contains(where: \.isWhitespace) {
                let joined = text.filter { !$0.isWhitespace }
                if Self.looksLikeToken(joined) || joined.hasPrefix("http://") || joined.hasPrefix("https://") {
                    text = joined
                    removed.append("line breaks and spaces")
                }
            }
            guard !text.isEmpty else {
                throw ToolFailure("\(source): it is empty. Give a token, URL, answer or log line.")
            }
            if text.hasPrefix("-----BEGIN") {
                throw ToolFailure(
                    text.contains("PRIVATE KEY")
                        ? "\(source): this is a private key, not a token. Give it with --keys FILE, and the token here."
                        : "\(source): this is a PEM file, not a token. itsme keys check says what it is.")
            }
            self.text = text
            self.removed = removed
        }

        /// Whether the text is made as compact JWS and JWE are. Their headers begin with `{"`, in Base64url `ey`.
        static func looksLikeToken(_ text: String) -> Bool {
            text.hasPrefix("ey") && text.contains(".")
                && text.utf8.allSatisfy { byte in
                    switch byte {
                    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                        true
                    default: false
                    }
                }
        }
    }
#endif
