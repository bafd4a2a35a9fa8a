import ItsmeRP
import JOSE

extension Persona {
    /// The subject identifier of the persona for one client: 36 characters, always the same, unrelated to that of
    /// another client.
    func subject(clientID: String) throws(JOSEError) -> String {
        var bytes = Array(try SHA256.digest(Array("itsme sandbox subject\n\(clientID)\n\(account)".utf8)).prefix(16))
        guard bytes.count == 16 else { return "" }
        // The form of a UUID of version 8, RFC 9562 section 5.8.
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

    /// The members that answer a request for `names`, in that order; what the persona does not have is left out.
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
        if ClaimCatalogue.metadata.contains(name) { return metadataValue(of: name, requested: requested) }
        if name == "picture" { return picture == nil ? nil : .string(pictureURL) }
        if let age = ClaimCatalogue.ages.first(where: { name == "age_gte_\($0)" }) {
            return isAtLeast(age, now: now).map(JSONValue.bool)
        }
        guard ClaimCatalogue.isUserClaim(name) else { return nil }
        return claims[name]
    }

    /// Claims about claims cover only what was requested beside them; nothing left means absent.
    private func metadataValue(of name: String, requested: Set<String>) -> JSONValue? {
        let described = (metadata[name] ?? [:]).filter { requested.contains($0.key) }.sorted { $0.key < $1.key }
        guard !described.isEmpty else { return nil }
        return .object(described.map { JSONValue.Member(name: $0.key, value: $0.value) })
    }

    /// Whether the persona has had their birthday of `age` years in Universal Time; `nil` without a birth date.
    private func isAtLeast(_ age: Int, now: Double) -> Bool? {
        guard case .string(let text) = claims["birthdate"] else { return nil }
        let parts = text.split(separator: "-").map { Int($0) }
        guard parts.count == 3, let year = parts[0], let month = parts[1], let day = parts[2],
            (1...9999).contains(year)
        else { return nil }
        let today = CivilDate(secondsSince1970: now)
        return (year + age, month, day) <= (today.year, today.month, today.day)
    }
}

/// A day of the Gregorian calendar in Universal Time.
struct CivilDate: Sendable, Hashable {
    let year: Int
    let month: Int
    let day: Int

    /// The day of a point in time; the first day of 1970 for times that no clock shows.
    init(secondsSince1970 seconds: Double) {
        let days = Int(exactly: (seconds / 86400).rounded(.down)) ?? 0
        // Days since 1 March of the year 0, in eras of 400 years that all have 146097 days.
        let shifted = (-10_000_000...10_000_000).contains(days) ? days + 719_468 : 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }
}
