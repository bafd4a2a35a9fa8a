import HTTPTypes
import ItsmeRP
import JOSE
import WebFormats

/// One refusal of the sandbox: the rule that was broken, where, and what to do about it.
///
/// It holds names of parameters and claims, URLs, client ids, scopes, algorithms and key ids, as sent and as
/// registered. It never holds tokens, codes, secrets or data of a person.
public struct SandboxRefusal: Error, Sendable, Hashable, CustomStringConvertible {
    /// A value that the request had, or that it should have had.
    public struct Value: Sendable, Hashable, CustomStringConvertible {
        /// Its name in the request or in the registration file.
        public let name: String
        /// The value in visible ASCII, cut if it is long.
        public let text: String

        init(_ name: String, _ text: String) {
            self.name = name
            self.text = Self.shown(text)
        }

        /// A list of values.
        init(_ name: String, _ texts: [String]) {
            self.name = name
            text = texts.isEmpty ? "none" : texts.map { Self.shown($0) }.joined(separator: "  ")
        }

        /// Key ids. They are public, and as long as codes: a thumbprint (RFC 7638) has 43 characters.
        init(_ name: String, keyIDs: [String]) {
            self.name = name
            text = keyIDs.isEmpty ? "none" : keyIDs.map { Self.shown($0, longestWord: 128) }.joined(separator: "  ")
        }

        /// Name and value.
        public var description: String { "\(name)=\(text)" }

        /// The longest text and the longest word that are shown in full. A UUID fits; tokens and codes are longer.
        private static let longestText = 300
        private static let longestWord = 39

        /// `text` without control characters, and without words that may be tokens or codes.
        private static func shown(_ text: String, longestWord: Int = Self.longestWord) -> String {
            var result = ""
            var word = ""
            func endWord() {
                result += word.utf8.count > longestWord ? "(\(word.utf8.count) characters)" : word
                word = ""
            }
            for scalar in text.unicodeScalars.prefix(longestText) {
                switch scalar {
                case "a"..."z", "A"..."Z", "0"..."9", "-", "_":
                    word.unicodeScalars.append(scalar)
                default:
                    endWord()
                    result.unicodeScalars.append((0x20...0x7E).contains(scalar.value) ? scalar : "?")
                }
            }
            // The last word may go on after the cut and be a token, so it is not shown.
            if text.unicodeScalars.count > longestText { return result + "..." }
            endWord()
            return result
        }
    }

    /// The rule that was broken.
    public let rule: SandboxRule

    /// What exactly is wrong, when the rule alone does not say it: the name of a parameter, key or claim, or how the
    /// clocks differ.
    public let detail: String?

    /// The client that the request claimed to come from, if it named a registered one.
    public internal(set) var clientID: String?

    /// The values of the request that may be shown.
    public internal(set) var sent: [Value]

    /// What is registered for the client, or what the request should have said.
    public internal(set) var expected: [Value]

    /// The status of the answer. With 302 or 303 the error goes back to the relying party; with 400 the authorization
    /// endpoint shows it on its own page. `nil` when the sandbox called the relying party's endpoint.
    public internal(set) var status: Int?

    init(
        _ rule: SandboxRule, detail: String? = nil, clientID: String? = nil, sent: [Value] = [],
        expected: [Value] = []
    ) {
        self.rule = rule
        self.detail = detail
        self.clientID = clientID
        self.sent = sent
        self.expected = expected
    }

    /// This refusal, with the client that the request came from.
    func naming(_ client: ClientRegistration) -> SandboxRefusal {
        var refusal = self
        refusal.clientID = client.clientID
        return refusal
    }

    /// Adds the values whose names are not there yet.
    mutating func add(sent: [Value] = [], expected: [Value] = []) {
        for value in sent where !self.sent.contains(where: { $0.name == value.name }) { self.sent.append(value) }
        for value in expected where !self.expected.contains(where: { $0.name == value.name }) {
            self.expected.append(value)
        }
    }

    /// Rule, explanation, detail and remedy in one line.
    public var description: String { "\(rule.id): \(message)" }

    /// The text of `error_description` or `detail`.
    var message: String { "\(explanation) \(rule.remedy) [\(rule.id)]" }

    /// The explanation of the rule with the detail.
    var explanation: String { detail.map { "\(rule.explanation) \($0)" } ?? rule.explanation }
}

// The values of the request and of the registration that a refusal shows.

extension SandboxRefusal {
    /// Adds the values of an authorization request. `parameters` are those after the request object was read.
    mutating func add(_ query: FormParameters?, _ parameters: RequestParameters?, core: SandboxCore) {
        guard let query else { return }
        var sent: [Value] = []
        for name in ["client_id", "redirect_uri", "response_type", "scope", "acr_values", "code_challenge_method"] {
            guard let text = parameters?[name] ?? query[name] else { continue }
            sent.append(Value(name, text))
        }
        if let uri = query["request_uri"] { sent.append(Value("request_uri", uri)) }
        if query["request"] != nil { sent.append(Value("request", "a request object by value")) }
        add(sent: sent)
        guard let client = registration(core) else { return }
        var expected = [
            Value("redirect_uris", client.redirectURIs),
            Value("services", client.services.map { "service:\($0.code) (\($0.kind.rawValue))" }),
        ]
        if !client.requestURIs.isEmpty { expected.append(Value("request_uris", client.requestURIs)) }
        if client.requiresPKCE { expected.append(Value("code_challenge_method", "S256")) }
        if query["request"] != nil || query["request_uri"] != nil {
            expected.append(Value("aud of the request object", core.profile.requestObjectAudience(core.endpoints)))
        }
        add(expected: expected + Self.keys(of: client))
    }

    /// Adds the values of a request to another endpoint. `body` is its form, if it has one.
    mutating func add(_ request: HTTPRequest, _ body: [UInt8]? = nil, core: SandboxCore) {
        let path = (request.path ?? "/").prefix { $0 != "?" }
        var sent = [Value("endpoint", "\(request.method.rawValue) \(path)")]
        let names = ["client_id", "grant_type", "redirect_uri", "client_assertion_type"]
        guard let body,
            let form = try? FormParameters(body, reading: names + ["client_assertion", "client_secret"])
        else {
            add(sent: sent)
            return
        }
        for name in names {
            if let text = form[name] { sent.append(Value(name, text)) }
        }
        let methods = [
            ("client_assertion", form["client_assertion"] != nil), ("client_secret", form["client_secret"] != nil),
            ("Authorization header", request.headerFields[.authorization] != nil),
        ]
        sent.append(Value("authentication", methods.filter(\.1).map(\.0)))
        if let header = form["client_assertion"].flatMap(Self.header) {
            sent.append(Value("client_assertion alg", header.algorithm))
            if let keyID = header.keyID { sent.append(Value("client_assertion kid", keyIDs: [keyID])) }
        }
        add(sent: sent)
        guard let client = registration(core, named: form["client_id"]) else { return }
        add(
            expected: [
                Value("client_id", client.clientID),
                Value(
                    "token_endpoint_auth_method", client.secret == nil ? "private_key_jwt" : "client_secret_post"),
                Value("redirect_uris", client.redirectURIs),
            ] + Self.keys(of: client))
    }

    /// The client that is named. If it is unknown, adds the known client ids.
    private mutating func registration(_ core: SandboxCore, named clientID: String? = nil) -> ClientRegistration? {
        if let client = (self.clientID ?? clientID).flatMap(core.client) { return client }
        add(expected: [Value("client_id", core.clientIDs)])
        return nil
    }

    private static func keys(of client: ClientRegistration) -> [Value] {
        switch client.keys {
        case .jwksURI(let uri): [Value("jwks_uri", uri)]
        case .inline(let set): [Value("kids of jwks", keyIDs: set.keys.compactMap(\.keyID))]
        case .none: []
        }
    }

    /// The header of the outermost token.
    private static func header(_ token: String) -> JOSEHeader? {
        switch CompactShape(token) {
        case .signed: try? JWS(token).header
        case .encrypted: try? JWE(token).header
        case nil: nil
        }
    }
}

/// Explains to a developer what a time in a request says about the relying party's clock.
struct ClockDifference {
    /// The time of the sandbox's clock, in seconds since 1970.
    let now: Double
    /// How far clocks may differ, in seconds.
    let allowance: Double

    /// A claim that should be in the past, such as `iat`, and lies in the future.
    func ahead(_ claim: String, _ time: Double?) -> String {
        guard let time else { return "\(claim) is not a number of seconds since 1970." }
        if let unit = unit(claim, time) { return unit }
        return """
            By \(claim), the relying party's clock is \(seconds(time - now)) ahead of the sandbox's, which shows \
            \(reading). At most \(seconds(allowance)) are allowed. Set both clocks by NTP.
            """
    }

    /// An expiry that has passed; `issued` is the `iat` of the token.
    func expired(_ claim: String, _ time: Double?, issued: Double?) -> String {
        guard let time else { return "\(claim) is not a number of seconds since 1970." }
        var text = "\(claim) was \(seconds(now - time)) ago by the sandbox's clock, which shows \(reading)."
        if let issued, now > issued {
            text += """
                 By iat the token was made \(seconds(now - issued)) ago: if it was made just now, the relying party's \
                clock is that much behind.
                """
        } else {
            text += " If the token was made just now, the relying party's clock is behind."
        }
        return text
    }

    /// An expiry that lies too far ahead.
    func tooFar(_ claim: String, _ time: Double) -> String {
        unit(claim, time) ?? "\(claim) is \(seconds(time - now)) ahead of the sandbox's clock, which shows \(reading)."
    }

    private func unit(_ claim: String, _ time: Double) -> String? {
        // In seconds, this is after the year 5000; in milliseconds, it is in 1973.
        time > 100_000_000_000 ? "\(claim) looks like milliseconds; times are in seconds." : nil
    }

    private func seconds(_ difference: Double) -> String {
        guard let whole = Int64(exactly: difference.rounded()) else { return "very many seconds" }
        return whole == 1 ? "1 second" : "\(whole) seconds"
    }

    /// The time of the sandbox's clock, in UTC.
    private var reading: String {
        guard let whole = Int64(exactly: now.rounded(.down)), whole >= 0, let day = GregorianDay(secondsSinceEpoch: now)
        else { return "a time outside the years 1970 to 9999" }
        let second = Int(whole % 86400)
        return """
            \(day.year)-\(day.month.digits(width: 2))-\(day.day.digits(width: 2))T\((second / 3600).digits(width: 2)):\
            \((second / 60 % 60).digits(width: 2)):\((second % 60).digits(width: 2))Z
            """
    }
}
