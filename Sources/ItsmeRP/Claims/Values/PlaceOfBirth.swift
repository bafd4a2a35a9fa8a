public import JOSE

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
    /// Reads an object. A member of another form is `nil`.
    public init(claimValue json: JSON) throws(UnexpectedClaimValue) {
        let object = try ClaimObject(json, expected: "an object with formatted, city and country")
        self.init(
            formatted: object.value("formatted"),
            city: object.value("city"),
            country: object.value("country"))
    }
}
