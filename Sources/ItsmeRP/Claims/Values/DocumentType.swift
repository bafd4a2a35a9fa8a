public import JOSE

/// The type of an identity document: the code of one or two characters that ICAO Doc 9303 defines.
public struct DocumentType: RawRepresentable, Sendable, Hashable {
    /// The code.
    public let rawValue: String

    /// Makes a type; `nil` unless the text is one or two capital letters or fillers (`<`).
    public init?(rawValue: String) {
        let isCode = rawValue.utf8.allSatisfy { (0x41...0x5A).contains($0) || $0 == UInt8(ascii: "<") }
        guard isCode, (1...2).contains(rawValue.utf8.count) else { return nil }
        self.rawValue = rawValue
    }

    /// An identity card: the first letter is `I`.
    public var isIdentityCard: Bool { rawValue.first == "I" }

    /// A passport: the first letter is `P`.
    public var isPassport: Bool { rawValue.first == "P" }
}

extension DocumentType: ClaimValue {
    /// Reads a string with one or two capital letters.
    public init(claimValue json: JSON) throws(UnexpectedClaimValue) {
        self = try json.claimValue(
            expected: "a document type of one or two capital letters", DocumentType.init(rawValue:))
    }
}

/// The Belgian identity card as one object, as the legacy profile (v1) delivers it.
///
/// The current profile has a claim for each member.
public struct LegacyEID: Sendable, Hashable {
    /// Number of the card.
    public var cardNumber: String?
    /// Municipality that issued the card.
    public var issuanceLocality: String?
    /// First day of validity.
    public var validityFrom: Timestamp?
    /// Last day of validity.
    public var validityTo: Timestamp?
    /// End of validity of the certificates on the card.
    public var certificateValidity: Timestamp?
    /// When the card was read.
    public var readDate: Timestamp?
    /// National number, for relying parties that may use it by law.
    public var nationalNumber: BelgianNationalNumber?

    /// Makes a card with no known members.
    public init() {}
}

extension LegacyEID: ClaimValue {
    /// Reads an object. A malformed member is `nil`.
    public init(claimValue json: JSON) throws(UnexpectedClaimValue) {
        let object = try ClaimObject(json, expected: "an object with eid, validity_from, validity_to and others")
        self.init()
        cardNumber = object.value("eid")
        issuanceLocality = object.value("issuance_locality")
        validityFrom = object.value("validity_from")
        validityTo = object.value("validity_to")
        certificateValidity = object.value("certificate_validity")
        readDate = object.value("read_date")
        nationalNumber = object.value("national_number")
    }
}

/// The gender on the identity document, as itsme maps it.
///
/// Other values are possible and kept in ``rawValue``. The unmapped text of the document is the claim `officialGender`.
public struct Gender: OpenSetValue, Hashable {
    /// The value on the wire.
    public let rawValue: String

    /// Makes a gender from its value on the wire.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// `female`.
    public static let female = Gender(rawValue: "female")
    /// `male`.
    public static let male = Gender(rawValue: "male")
    /// `unknown`: the document does not say.
    public static let unknown = Gender(rawValue: "unknown")
    /// `n/a`: neither of the two.
    public static let notApplicable = Gender(rawValue: "n/a")
}
