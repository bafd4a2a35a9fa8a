public import JOSE

/// A postal address (OpenID Connect Core §5.1.1). itsme has it for Belgian documents only.
public struct PostalAddress: Sendable, Hashable {
    /// The whole address, ready for a label; lines may be separated by newlines.
    public var formatted: String?

    /// Street, number and box.
    public var streetAddress: String?

    /// Postal code.
    public var postalCode: String?

    /// City or municipality.
    public var locality: String?

    /// Country; only the legacy profile sends it, as a name or as a code.
    public var country: String?

    /// Makes an address.
    public init(
        formatted: String? = nil,
        streetAddress: String? = nil,
        postalCode: String? = nil,
        locality: String? = nil,
        country: String? = nil
    ) {
        self.formatted = formatted
        self.streetAddress = streetAddress
        self.postalCode = postalCode
        self.locality = locality
        self.country = country
    }
}

extension PostalAddress: ClaimValue {
    /// Reads an object, or a string that holds one as JSON, which is what the legacy profile sends. A malformed member
    /// is `nil`.
    public init(claimValue json: JSON) throws(UnexpectedClaimValue) {
        let object = try ClaimObject(
            textOrObject: json, expected: "an address object, or a string that holds one as JSON")
        self.init(
            formatted: object.value("formatted"),
            streetAddress: object.value("street_address"),
            postalCode: object.value("postal_code"),
            locality: object.value("locality"),
            country: object.value("country"))
    }
}

/// The place of birth as the identity document states it. itsme has it for Belgian documents only.
public struct PlaceOfBirth: Sendable, Hashable {
    /// The whole statement.
    public var formatted: String?

    /// The city.
    public var city: String?

    /// The country, as the document writes it.
    public var country: String?

    /// Makes a place of birth.
    public init(formatted: String? = nil, city: String? = nil, country: String? = nil) {
        self.formatted = formatted
        self.city = city
        self.country = country
    }
}

extension PlaceOfBirth: ClaimValue {
    /// Reads an object. A malformed member is `nil`.
    public init(claimValue json: JSON) throws(UnexpectedClaimValue) {
        let object = try ClaimObject(json, expected: "an object with formatted, city and country")
        self.init(
            formatted: object.value("formatted"),
            city: object.value("city"),
            country: object.value("country"))
    }
}
