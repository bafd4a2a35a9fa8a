import JOSE

/// The claims of itsme's first generation.
///
/// They are made from the claims of the second generation, which personas have. Some have other names, some another
/// form: `address` and the device are strings that hold JSON, the photo is Base64 text, and the locale is in lower
/// case.
enum LegacyClaims {
    /// The prefix of itsme's own claims. The year and month of their definition follow.
    static let prefix = "tag:sixdots.be,"

    private static let card = prefix + "2016-06:claim_eid"
    private static let cityOfBirth = prefix + "2016-06:claim_city_of_birth"
    private static let countryOfBirth = prefix + "2016-06:claim_country_of_birth"
    private static let device = prefix + "2017-05:claim_device"
    private static let photo = prefix + "2017-05:claim_photo"
    private static let transaction = prefix + "2017-05:claim_transaction_info"

    /// Claims of which only the name differs: the first generation's name, then the second's.
    private static let renamed = [
        prefix + "2016-06:claim_nationality": SandboxClaims.prefix + "claim_citizenship",
        prefix + "2020-03:claim_birthdate_as_string": SandboxClaims.prefix + "birthdate_as_string",
    ]

    /// The scopes that the discovery document lists.
    static let scopes = ["openid", "service", "profile", "email", "phone", "address", "eid"]

    /// The claims of a scope. itsme does not document those of `eid`; here it is the card in one object.
    static func claims(ofScope scope: String) -> [String] {
        switch scope {
        case "eid": [card]
        case "idDocument": []
        default: SandboxClaims.claims(ofScope: scope)
        }
    }

    /// Every claim about the person, their document or their phone.
    static let userClaims: [String] =
        SandboxClaims.standardClaims + renamed.keys.sorted()
        + [card, cityOfBirth, countryOfBirth, device, photo, transaction]

    /// The value of `name` for a persona. `current` reads a claim of the second generation.
    static func value(of name: String, in persona: Persona, current: (String) -> JSONValue?) -> JSONValue? {
        // A persona may have a claim of the first generation itself.
        if let own = persona.claims[name], name.hasPrefix(prefix) { return own }
        if let now = renamed[name] { return current(now) }
        switch name {
        case "locale":
            guard case .string(let locale) = current(name) else { return nil }
            return .string(locale.lowercased())
        case "address":
            guard var address = current(name) else { return nil }
            address["country"] = "BE"
            return .string(address.serializedString())
        case device:
            return current(SandboxClaims.prefix + "claim_device").flatMap(deviceText)
        case photo:
            return current(SandboxClaims.prefix + "physical_person_photo")?["value"]
        case cityOfBirth:
            return current(SandboxClaims.prefix + "place_of_birth")?["city"]
        case countryOfBirth:
            return current(SandboxClaims.prefix + "place_of_birth")?["country"]
        case transaction:
            return ["securityLevel": "SOFT_ONLY", "bindLevel": "SIM_AND_SOFT", "mcc": 206]
        case card:
            return cardValue(of: persona)
        default:
            return SandboxClaims.standardClaims.contains(name) ? current(name) : nil
        }
    }

    /// The device as JSON in a string.
    private static func deviceText(_ device: JSONValue) -> JSONValue? {
        guard case .object(let members) = device else { return nil }
        let changed = members.map { member in
            var member = member
            if member.name == "deviceId" { member.name = "deviceID" }
            return member
        }
        return .string(JSONValue.object(changed).serializedString())
    }

    /// The Belgian card in one object, for those who have one.
    private static func cardValue(of persona: Persona) -> JSONValue? {
        let number = SandboxClaims.prefix + "BEeidSn"
        guard let serial = persona.claims[number] else { return nil }
        var card: JSONValue = ["eid": serial]
        for (member, kind) in [
            ("issuance_locality", "issuance_locality"), ("validity_from", "validityFrom"),
            ("validity_to", "validityTo"),
        ] {
            if let value = persona.metadata[SandboxClaims.prefix + kind]?[number] { card[member] = value }
        }
        if let read = persona.metadata[SandboxClaims.prefix + "verificationDate"]?[number] { card["read_date"] = read }
        if let national = persona.claims[SandboxClaims.prefix + "BENationalNumber"] {
            card["national_number"] = national
        }
        return card
    }
}
