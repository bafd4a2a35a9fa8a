import ItsmeRP
public import JOSE
import WebFormats

/// An invented person who answers the sandbox's requests.
///
/// Claims have the names of itsme's second generation, such as `birthdate` or
/// `http://itsme.services/v2/claim/BENationalNumber`. A sandbox of the first generation converts them. A claim that a
/// persona does not have is absent from its tokens, as at itsme.
///
/// ```swift
/// var minor = Persona.belgianEID
/// minor.id = "my-minor"
/// minor.claims["birthdate"] = "2015-01-01"
/// ```
public struct Persona: Sendable, Hashable, Identifiable {
    /// What the persona does with a request.
    public enum Answer: Sendable, Hashable {
        /// Approves it.
        case approves
        /// Cancels it: the relying party gets `access_denied`.
        case cancels
        /// Does not answer until itsme gives up. In a browser, the relying party then gets `access_denied`; itsme does
        /// not document its error. A backchannel request stays unanswered until it expires.
        case timesOut
    }

    /// The identifier in `approve=…` and in forms: letters, digits and dashes.
    public var id: String
    /// The name, and what makes the person special after a comma: `Lotte Voorbeeld, Belgian eID`.
    public var title: String
    /// The itsme account, from which `sub` is derived. Two personas with the same data and different accounts are one
    /// person before and after they made a new account.
    public var account: String
    /// The country that issued the identity document, ISO 3166-1 alpha-3.
    public var issuingCountry: String
    /// The values of claims by their full names. Leave out `picture`, the ages and the claims about claims: they are
    /// made from the other properties.
    public var claims: [String: JSONValue]
    /// Claims about claims, such as `verificationDate`. The keys are the full name of the metadata, then the full name
    /// of the claim that it describes.
    public var metadata: [String: [String: JSONValue]]
    /// The picture of the document, a JPEG; `nil` for a person without one.
    public var picture: [UInt8]?
    /// Whether the person can use their itsme code, which `acr_advanced` requires. If not, the answer is always
    /// `acr_basic`.
    public var canUseAdvanced: Bool
    /// What the persona does with a request.
    public var answer: Answer

    /// Makes a persona.
    public init(
        id: String,
        title: String,
        account: String? = nil,
        issuingCountry: String,
        claims: [String: JSONValue],
        metadata: [String: [String: JSONValue]] = [:],
        picture: [UInt8]? = nil,
        canUseAdvanced: Bool = true,
        answer: Answer = .approves
    ) {
        self.id = id
        self.title = title
        self.account = account ?? id
        self.issuingCountry = issuingCountry
        self.claims = claims
        self.metadata = metadata
        self.picture = picture
        self.canUseAdvanced = canUseAdvanced
        self.answer = answer
    }
}

extension Persona {
    /// The `sub` of the persona for one client: 36 characters, always the same, and different for each client.
    func subject(clientID: String) throws(JOSEError) -> String {
        var bytes = Array(try SHA256.digest(Array("itsme sandbox subject\n\(clientID)\n\(account)".utf8)).prefix(16))
        guard bytes.count == 16 else { return "" }
        // A UUID of version 8 (RFC 9562 section 5.8).
        bytes[6] = bytes[6] & 0x0F | 0x80
        bytes[8] = bytes[8] & 0x3F | 0x80
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for (index, byte) in bytes.enumerated() {
            if [4, 6, 8, 10].contains(index) { text.append(UInt8(ascii: "-")) }
            text += [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The claims `names`, in this order. Claims that the persona does not have are left out.
    func members(
        named names: [String], profile: ProfileNames, pictureURL: String, now: Double
    ) -> [JSONValue.Member] {
        let requested = Set(names)
        return names.compactMap { name in
            let current = { (name: String) in
                self.value(of: name, requested: requested, pictureURL: pictureURL, now: now)
            }
            let value =
                profile.profile == .v1 ? LegacyClaims.value(of: name, in: self, current: current) : current(name)
            return value.map { JSONValue.Member(name: name, value: $0) }
        }
    }

    private func value(of name: String, requested: Set<String>, pictureURL: String, now: Double) -> JSONValue? {
        if SandboxClaims.metadata.contains(name) { return metadataValue(of: name, requested: requested) }
        if name == "picture" { return picture == nil ? nil : .string(pictureURL) }
        if let age = SandboxClaims.ages.first(where: { name == "age_gte_\($0)" }) {
            return isAtLeast(age, now: now).map(JSONValue.bool)
        }
        guard SandboxClaims.isUserClaim(name) else { return nil }
        return claims[name]
    }

    /// A claim about claims covers only the claims that are requested too. If none is left, it is absent.
    private func metadataValue(of name: String, requested: Set<String>) -> JSONValue? {
        let described = (metadata[name] ?? [:]).filter { requested.contains($0.key) }.sorted { $0.key < $1.key }
        guard !described.isEmpty else { return nil }
        return .object(described.map { JSONValue.Member(name: $0.key, value: $0.value) })
    }

    /// Whether the persona is at least `age` years old, in UTC; `nil` without a birth date.
    private func isAtLeast(_ age: Int, now: Double) -> Bool? {
        guard case .string(let text) = claims["birthdate"] else { return nil }
        let parts = text.split(separator: "-").map { Int($0) }
        guard parts.count == 3, let year = parts[0], let month = parts[1], let day = parts[2],
            (1...9999).contains(year), let today = GregorianDay(secondsSinceEpoch: now)
        else { return nil }
        return (year + age, month, day) <= (today.year, today.month, today.day)
    }
}

extension Persona {
    /// Whether the person is in a phone call.
    var isOnCall: Bool { claims[SandboxClaims.prefix + "ongoing_call"] == true }

    /// The name, without what makes the person special.
    var name: String { title.split(separator: ",", maxSplits: 1).first.map(String.init) ?? title }

    /// What makes the person special; empty if the title does not say it.
    var speciality: String {
        guard let comma = title.firstIndex(of: ",") else { return "" }
        return String(title[title.index(after: comma)...].drop { $0 == " " })
    }

    /// The initials of the first two words of the name.
    var initials: String { String(name.split(separator: " ").prefix(2).compactMap(\.first)) }

    /// The phone number, as the claim of that name has it; `nil` for a person without one.
    var phoneNumber: String? {
        if case .string(let number) = claims["phone_number"] { number } else { nil }
    }

    /// Whether `text` is the person's phone number: international, or Belgian with a leading 0.
    func hasPhoneNumber(_ text: String) -> Bool {
        guard let own = phoneNumber.map(Self.digits) else { return false }
        let digits = Self.digits(text)
        return digits == own || digits.hasPrefix("0") && "32" + digits.dropFirst() == own
    }

    /// The digits without international prefix, because numbers are written in several ways.
    static func digits(_ number: String) -> Substring {
        let digits = Substring(number.filter { $0.isASCII && $0.isNumber })
        return digits.hasPrefix("00") ? digits.dropFirst(2) : digits
    }

    /// The same person, found by `mode`: `MSISDN` for a phone number, `QR` for a QR code.
    func identified(by mode: String) -> Persona {
        var person = self
        person.claims[SandboxClaims.prefix + "identification_mode"] = .string(mode)
        return person
    }
}
