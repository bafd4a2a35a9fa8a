public import JOSE

/// The Belgian identity card, in the one object in which the legacy profile (v1) delivers it.
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
    /// National number, for relying parties that the law allows it.
    public var nationalNumber: BelgianNationalNumber?

    /// Makes a card of which nothing is known.
    public init() {}
}

extension LegacyEID: ClaimValue {
    /// Reads an object. A member of another form is `nil`.
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
