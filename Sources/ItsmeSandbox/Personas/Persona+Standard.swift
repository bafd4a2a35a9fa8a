#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif
import JOSE
import WebFormats

extension Persona {
    /// The default personas: one for each kind of person that a relying party has to handle. What they do is a matter of
    /// their ``SandboxBehaviour``.
    ///
    /// - Parameter date: The day on which the minor is 17.
    public static func standard(at date: Date = Date()) -> [Persona] {
        [
            belgianEID, belgianResident, dutchDocument, luxembourgPassport, minor(at: date), withoutGivenName,
            withoutEmail,
        ]
    }

    /// `belgian-eid`: a Belgian with a Belgian eID card, who has every claim of such a card.
    public static let belgianEID = belgian(
        id: "belgian-eid", title: "Lotte Voorbeeld, Belgian eID", givenName: "Lotte", familyName: "Voorbeeld",
        birth: (1985, 7, 23), serial: 346, card: DocumentNumbers.belgianCardNumber(5_910_000_123), phone: 1)

    /// `belgian-resident`: a Romanian who lives in Belgium and has a Belgian residence card.
    public static let belgianResident: Persona = {
        var persona = belgian(
            id: "belgian-resident", title: "Ioana Exemplu, Belgian residence card of a Romanian",
            givenName: "Ioana", familyName: "Exemplu", birth: (1990, 11, 4), serial: 982, card: "B000000142", phone: 2)
        persona.claims[name("claim_citizenship")] = "Roemeens"
        persona.claims[name("claim_citizenship_as_iso")] = "ROU"
        persona.claims[name("place_of_birth")] = [
            "formatted": "Cluj-Napoca, Romania", "city": "Cluj-Napoca", "country": "Romania",
        ]
        persona.claims["locale"] = "FR"
        return persona
    }()

    /// `dutch-document`: a person with a Dutch identity card; without address, gender and national number.
    public static let dutchDocument = foreign(
        id: "dutch-document", title: "Sanne Testpersoon, Dutch identity card", country: "NLD", documentType: "I",
        documentNumber: "SPECI2014", givenName: "Sanne", familyName: "Testpersoon", birthdate: "1979-03-10",
        gender: nil, locale: "NL", phone: "+31 600000002")

    /// `luxembourg-passport`: a person with a passport of Luxembourg; without address.
    public static let luxembourgPassport = foreign(
        id: "luxembourg-passport", title: "Jang Beispill, passport of Luxembourg", country: "LUX", documentType: "P",
        documentNumber: "JSPEC001", givenName: "Jang", familyName: "Beispill", birthdate: "1968-12-30",
        gender: "male", locale: "DE", phone: "+352 600000003")

    /// `minor`: a person who is 17 on the given day. itsme accepts people from the age of 16.
    public static func minor(at date: Date) -> Persona {
        let year = (GregorianDay(secondsSinceEpoch: date.timeIntervalSince1970)?.year ?? 1970) - 17
        return belgian(
            id: "minor", title: "Noor Jongmans, 17 years old", givenName: "Noor", familyName: "Jongmans",
            birth: (year, 1, 1), serial: 312, card: DocumentNumbers.belgianCardNumber(5_910_000_456),
            phone: 3)
    }

    /// `no-given-name`: a Belgian eID card without a given name.
    public static let withoutGivenName: Persona = {
        var persona = belgian(
            id: "no-given-name", title: "Mononiem, without given name", givenName: nil, familyName: "Mononiem",
            birth: (1978, 2, 9), serial: 416, card: DocumentNumbers.belgianCardNumber(5_910_000_789),
            phone: 4)
        persona.claims["locale"] = "EN"
        return persona
    }()

    /// `no-email`: a person who gave itsme no e-mail address.
    public static let withoutEmail: Persona = {
        var persona = belgian(
            id: "no-email", title: "Sofie Zonderpost, without e-mail address", givenName: "Sofie",
            familyName: "Zonderpost", birth: (1992, 5, 17), serial: 218,
            card: DocumentNumbers.belgianCardNumber(5_910_001_012),
            phone: 5)
        persona.claims["email"] = nil
        persona.claims["email_verified"] = nil
        return persona
    }()

    /// The person of ``belgianEID``, who cancels.
    public static let cancels = belgianEID.behaving(.cancels)

    /// The person of ``belgianEID``, who does not answer in time.
    public static let timesOut = belgianEID.behaving(.timesOut)

    // MARK: Building blocks

    private static func name(_ suffix: String) -> String { SandboxClaims.prefix + suffix }

    /// - Parameter phone: The last digit of the phone number. No operator is known to have numbers that start with 0450.
    private static func belgian(
        id: String, title: String, givenName: String?, familyName: String, birth: (year: Int, month: Int, day: Int),
        serial: Int, card: String, phone: Int
    ) -> Persona {
        let picture = PortraitImage.jpeg(seed: id)
        let year = DocumentNumbers.padded(birth.year, 4)
        let month = DocumentNumbers.padded(birth.month, 2)
        let day = DocumentNumbers.padded(birth.day, 2)
        var claims = common(
            givenName: givenName, familyName: familyName, phone: "+32 45000000\(phone)", picture: picture)
        claims["birthdate"] = .string("\(year)-\(month)-\(day)")
        claims["gender"] = "female"
        claims["locale"] = "NL"
        claims["address"] = [
            "formatted": "Voorbeeldstraat 1 1000 Brussel", "street_address": "Voorbeeldstraat 1",
            "postal_code": "1000", "locality": "Brussel",
        ]
        claims[name("birthdate_as_string")] = .string("\(day).\(month).\(year)")
        claims[name("official_gender")] = "V"
        claims[name("claim_citizenship")] = "Belg"
        claims[name("claim_citizenship_as_iso")] = "BEL"
        claims[name("place_of_birth")] = ["formatted": "Gent, Belgium", "city": "Gent", "country": "Belgium"]
        claims[name("BENationalNumber")] = .string(
            DocumentNumbers.belgianNationalNumber(
                year: birth.year, month: birth.month, day: birth.day, serial: serial))
        claims[name("BEeidSn")] = .string(card)
        claims[name("IDDocumentSN")] = .string(card)
        claims[name("IDDocumentType")] = "I"
        claims[name("student_attestation_ag")] = nil

        var metadata = readings(of: claims, country: "BEL")
        for (kind, value) in [
            ("validityFrom", "2021-11-08T00:00:00Z"), ("validityTo", "2031-11-08T00:00:00Z"),
            ("issuance_locality", "BRUSSEL"),
        ] {
            metadata[name(kind)] = [name("BEeidSn"): .string(value), name("IDDocumentSN"): .string(value)]
        }
        return Persona(
            id: id, title: title, issuingCountry: "BEL", claims: claims, metadata: metadata, picture: picture)
    }

    private static func foreign(
        id: String, title: String, country: String, documentType: String, documentNumber: String, givenName: String,
        familyName: String, birthdate: String, gender: String?, locale: String, phone: String
    ) -> Persona {
        let picture = PortraitImage.jpeg(seed: id)
        var claims = common(givenName: givenName, familyName: familyName, phone: phone, picture: picture)
        claims["birthdate"] = .string(birthdate)
        claims["gender"] = gender.map(JSONValue.string)
        claims["locale"] = .string(locale)
        claims[name("official_gender")] = gender.map { .string($0 == "male" ? "M" : "F") }
        claims[name("claim_citizenship")] = .string(country)
        claims[name("claim_citizenship_as_iso")] = .string(country)
        claims[name("IDDocumentSN")] = .string(documentNumber)
        claims[name("IDDocumentType")] = .string(documentType)

        var metadata = readings(of: claims, country: country)
        metadata[name("validityTo")] = [name("IDDocumentSN"): "2030-06-30T00:00:00.000Z"]
        return Persona(
            id: id, title: title, issuingCountry: country, claims: claims, metadata: metadata, picture: picture)
    }

    private static func common(
        givenName: String?, familyName: String, phone: String, picture: [UInt8]
    ) -> [String: JSONValue] {
        let mailbox = (givenName ?? familyName).lowercased()
        var claims: [String: JSONValue] = [
            "name": .string([givenName, familyName].compactMap(\.self).joined(separator: " ")),
            "family_name": .string(familyName),
            "email": .string("\(mailbox)@example.org"),
            // itsme documents that it does not verify e-mail addresses.
            "email_verified": false,
            "phone_number": .string(phone),
            "phone_number_verified": true,
        ]
        claims["given_name"] = givenName.map(JSONValue.string)
        claims[name("physical_person_photo")] = [
            "format": "image/jpeg", "value": .string(StandardBase64.encode(picture)),
        ]
        claims[name("claim_device")] = [
            "os": "ANDROID", "appName": "be.bmid.itsme.sandbox", "appRelease": "4.9.1", "deviceLabel": "sandbox",
            "debugEnabled": false, "deviceId": "00000000000000000000000000000001", "osRelease": "14",
            "manufacturer": "Sandbox", "deviceLockLevel": "true", "rooted": false, "deviceModel": "S-1",
            "msisdn": .string("00" + phone.filter(\.isNumber)),
        ]
        claims[name("app")] = [
            "appInstalledDate": "2023-01-05T10:20:30.000Z", "appName": "be.bmid.itsme.sandbox", "appRelease": "4.9.1",
        ]
        claims[name("account")] = [
            "activationDate": "2023-01-05T10:25:00.000Z", "activationMechanism": "CONTACT_LESS",
        ]
        claims[name("identification_mode")] = "MSISDN"
        claims[name("transaction_ip")] = "192.0.2.7"
        claims[name("ongoing_call")] = false
        return claims
    }

    /// When each claim was read from the document, and which country issued it.
    private static func readings(
        of claims: [String: JSONValue], country: String
    ) -> [String: [String: JSONValue]] {
        let fromPhone = Set(
            ["locale", "email", "email_verified", "phone_number", "phone_number_verified"]
                + ["claim_device", "app", "account", "identification_mode", "transaction_ip", "ongoing_call"].map(name))
        let fromDocument = claims.keys.filter { !fromPhone.contains($0) } + ["picture"]
        return [
            name("verificationDate"): Dictionary(
                uniqueKeysWithValues: fromDocument.map { ($0, "2023-06-01T13:04:26Z") }),
            name("IDIssuingCountry"): Dictionary(
                uniqueKeysWithValues: fromDocument.map { ($0, .string(country)) }),
        ]
    }
}

/// Numbers of Belgian documents with right check digits, for invented people.
enum DocumentNumbers {
    /// A Belgian national number: the birth date, a serial number (odd for men, even for women) and 97 minus the
    /// remainder of the first nine digits by 97, with a leading 2 for people born from 2000 on.
    static func belgianNationalNumber(year: Int, month: Int, day: Int, serial: Int) -> String {
        let base = padded(year % 100, 2) + padded(month, 2) + padded(day, 2) + padded(serial, 3)
        let checked = Int((year >= 2000 ? "2" : "") + base) ?? 0
        return base + padded(97 - checked % 97, 2)
    }

    /// The number of a Belgian identity card: ten digits and their remainder by 97, where 97 stands for 0.
    static func belgianCardNumber(_ number: Int) -> String {
        let remainder = number % 97
        return padded(number, 10) + padded(remainder == 0 ? 97 : remainder, 2)
    }

    /// `number` with leading zeros.
    static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}
