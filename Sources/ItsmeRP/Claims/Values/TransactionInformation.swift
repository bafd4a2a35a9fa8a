public import JOSE

/// How strongly the approval was bound to the phone.
public struct TransactionInformation: Sendable, Hashable {
    /// What secures a transaction or an account.
    ///
    /// Open set: other values are kept in ``rawValue``.
    public struct SecurityLevel: RawRepresentable, Sendable, Hashable {
        /// The value on the wire.
        public let rawValue: String

        /// Makes a level of its value on the wire.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// `SOFT_ONLY`: software on the phone.
        public static let softwareOnly = SecurityLevel(rawValue: "SOFT_ONLY")
        /// `SIM_ONLY`: the SIM card.
        public static let simOnly = SecurityLevel(rawValue: "SIM_ONLY")
        /// `SIM_AND_SOFT`: both.
        public static let simAndSoftware = SecurityLevel(rawValue: "SIM_AND_SOFT")
    }

    /// What secured this transaction.
    public var securityLevel: SecurityLevel?
    /// What the account was bound to when the transaction took place.
    public var bindLevel: SecurityLevel?
    /// Mobile country code of the network: three digits.
    public var mobileCountryCode: Int?
    /// Release of the itsme app.
    public var appRelease: String?

    /// Makes transaction information of which nothing is known.
    public init() {}
}

extension TransactionInformation: ClaimValue {
    /// Reads an object. A member of another form is `nil`.
    public init(claimValue json: JSON) throws(UnexpectedClaimValue) {
        let object = try ClaimObject(json, expected: "an object with securityLevel, bindLevel and mcc")
        self.init()
        securityLevel = object.value("securityLevel")
        bindLevel = object.value("bindLevel")
        appRelease = object.value("appRelease")
        mobileCountryCode = (object.value("mcc") as JSON?)?.integer.flatMap { (0...999).contains($0) ? Int($0) : nil }
    }
}
