public import JOSE

extension CalendarDate: ClaimValue {
    /// Reads a string of the form `YYYY-MM-DD`.
    public init(claimValue json: JSON) throws(UnexpectedClaimValue) {
        guard let date = json.string.flatMap(CalendarDate.init(_:)) else {
            throw UnexpectedClaimValue(expected: "a date of the form YYYY-MM-DD")
        }
        self = date
    }
}

extension Birthdate: ClaimValue {
    /// Reads a string of the form `YYYY-MM-DD`, `YYYY` or `0000-MM-DD`.
    public init(claimValue json: JSON) throws(UnexpectedClaimValue) {
        guard let birthdate = json.string.flatMap(Birthdate.init(_:)) else {
            throw UnexpectedClaimValue(expected: "a date of the form YYYY-MM-DD, YYYY or 0000-MM-DD")
        }
        self = birthdate
    }
}

extension Timestamp: ClaimValue {
    /// Reads a string that holds a date and a time.
    public init(claimValue json: JSON) throws(UnexpectedClaimValue) {
        guard let timestamp = json.string.flatMap(Timestamp.init(_:)) else {
            throw UnexpectedClaimValue(expected: "a date and time of the form YYYY-MM-DDThh:mm:ss")
        }
        self = timestamp
    }
}

extension BelgianNationalNumber: ClaimValue {
    /// Reads a string with eleven digits.
    public init(claimValue json: JSON) throws(UnexpectedClaimValue) {
        guard let number = json.string.flatMap(BelgianNationalNumber.init(_:)) else {
            throw UnexpectedClaimValue(expected: "a string with the eleven digits of a national number")
        }
        self = number
    }
}

extension CountryCode: ClaimValue {
    /// Reads a string with two or three capital letters.
    public init(claimValue json: JSON) throws(UnexpectedClaimValue) {
        guard let code = json.string.flatMap(CountryCode.init(rawValue:)) else {
            throw UnexpectedClaimValue(expected: "a country code of two or three capital letters")
        }
        self = code
    }
}

extension DocumentType: ClaimValue {
    /// Reads a string with one or two capital letters.
    public init(claimValue json: JSON) throws(UnexpectedClaimValue) {
        guard let type = json.string.flatMap(DocumentType.init(rawValue:)) else {
            throw UnexpectedClaimValue(expected: "a document type of one or two capital letters")
        }
        self = type
    }
}

extension EmailAddress: ClaimValue {
    /// Reads a string that has the shape of an address.
    public init(claimValue json: JSON) throws(UnexpectedClaimValue) {
        guard let address = json.string.flatMap(EmailAddress.init(_:)) else {
            throw UnexpectedClaimValue(expected: "an e-mail address")
        }
        self = address
    }
}

extension PhoneNumber: ClaimValue {
    /// Reads a string that has the shape of a phone number.
    public init(claimValue json: JSON) throws(UnexpectedClaimValue) {
        guard let number = json.string.flatMap(PhoneNumber.init(_:)) else {
            throw UnexpectedClaimValue(expected: "a phone number")
        }
        self = number
    }
}

/// Values of an open set are read from any string.
extension ClaimValue where Self: RawRepresentable, RawValue == String {
    static func openSetValue(_ json: JSON) throws(UnexpectedClaimValue) -> Self {
        guard let value = json.string.flatMap(Self.init(rawValue:)) else {
            throw UnexpectedClaimValue(expected: "a string")
        }
        return value
    }
}

extension Gender: ClaimValue {
    /// Reads a string.
    public init(claimValue json: JSON) throws(UnexpectedClaimValue) { self = try Self.openSetValue(json) }
}

extension ItsmeLocale: ClaimValue {
    /// Reads a string, in any case.
    public init(claimValue json: JSON) throws(UnexpectedClaimValue) { self = try Self.openSetValue(json) }
}

extension IdentificationMode: ClaimValue {
    /// Reads a string.
    public init(claimValue json: JSON) throws(UnexpectedClaimValue) { self = try Self.openSetValue(json) }
}

extension AccountInformation.ActivationMechanism: ClaimValue {
    /// Reads a string.
    public init(claimValue json: JSON) throws(UnexpectedClaimValue) { self = try Self.openSetValue(json) }
}

extension TransactionInformation.SecurityLevel: ClaimValue {
    /// Reads a string.
    public init(claimValue json: JSON) throws(UnexpectedClaimValue) { self = try Self.openSetValue(json) }
}
