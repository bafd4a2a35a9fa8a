public import JOSE

/// The person's itsme account; meant to help detect fraud.
public struct AccountInformation: Sendable, Hashable {
    /// How an account was activated.
    ///
    /// Open set: other values are kept in ``rawValue``.
    public struct ActivationMechanism: RawRepresentable, Sendable, Hashable {
        /// The value on the wire.
        public let rawValue: String

        /// Makes a mechanism of its value on the wire.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// `CARD_READER`: the chip of the document was read by a card reader.
        public static let cardReader = ActivationMechanism(rawValue: "CARD_READER")
        /// `CONTACT_LESS`: the document was read by NFC.
        public static let contactless = ActivationMechanism(rawValue: "CONTACT_LESS")
        /// `ID_PROVIDER`: a trusted partner, such as a bank, vouched for the person.
        public static let identityProvider = ActivationMechanism(rawValue: "ID_PROVIDER")
    }

    /// When the account was last activated: created or unblocked.
    public var activationDate: Timestamp?
    /// How it was activated.
    public var activationMechanism: ActivationMechanism?

    /// Makes account information.
    public init(activationDate: Timestamp? = nil, activationMechanism: ActivationMechanism? = nil) {
        self.activationDate = activationDate
        self.activationMechanism = activationMechanism
    }
}

extension AccountInformation: ClaimValue {
    /// Reads an object. A member of another form is `nil`.
    public init(claimValue json: JSON) throws(UnexpectedClaimValue) {
        let object = try ClaimObject(json, expected: "an object with activationDate and activationMechanism")
        self.init(
            activationDate: object.value("activationDate"),
            activationMechanism: object.value("activationMechanism"))
    }
}
