public import JOSE

/// The phone with which the person approved. Every member may be missing.
public struct DeviceInformation: Sendable, Hashable {
    /// Operating system, for example `ANDROID` or `iOS`; the spelling varies.
    public var os: String?
    /// Release of the operating system.
    public var osRelease: String?
    /// Manufacturer.
    public var manufacturer: String?
    /// Model.
    public var model: String?
    /// The name that the person gave the device.
    public var label: String?
    /// Identifier of the device; `deviceId` or `deviceID` on the wire.
    public var deviceID: String?
    /// Phone number of the device.
    public var phoneNumber: PhoneNumber?
    /// How the device is unlocked, for example `touchID`; also seen as `true` and `false`.
    public var lockLevel: String?
    /// Whether the device is rooted or jailbroken.
    public var isRooted: Bool?
    /// Whether debugging is enabled.
    public var isDebugEnabled: Bool?
    /// Name of the itsme app.
    public var appName: String?
    /// Release of the itsme app.
    public var appRelease: String?
    /// Release of the SDK of the app; only in old traffic.
    public var sdkRelease: String?
    /// Whether the device can send text messages; only in old traffic.
    public var isSMSEnabled: Bool?
    /// Whether the device has a SIM card; only in old traffic.
    public var isSIMEnabled: Bool?
    /// The identity number of the device's hardware; only in old traffic.
    public var imei: String?

    /// Makes a device with no known members.
    public init() {}
}

extension DeviceInformation: ClaimValue {
    /// Reads an object, or a string that holds one as JSON, which is what the legacy profile sends; booleans may be
    /// strings. A malformed member is `nil`.
    public init(claimValue json: JSON) throws(UnexpectedClaimValue) {
        let object = try ClaimObject(
            textOrObject: json, expected: "a device object, or a string that holds one as JSON")
        self.init()
        os = object.value("os")
        osRelease = object.value("osRelease")
        manufacturer = object.value("manufacturer")
        model = object.value("deviceModel")
        label = object.value("deviceLabel")
        deviceID = object.value("deviceId") ?? object.value("deviceID")
        phoneNumber = object.value("msisdn")
        // The value is a string, sometimes "true", so a boolean is accepted as well.
        lockLevel = object.value("deviceLockLevel") ?? (object.value("deviceLockLevel") as Bool?).map { String($0) }
        isRooted = object.value("rooted")
        isDebugEnabled = object.value("debugEnabled")
        appName = object.value("appName")
        appRelease = object.value("appRelease")
        sdkRelease = object.value("sdkRelease")
        isSMSEnabled = object.value("smsEnabled")
        isSIMEnabled = object.value("hasSimEnabled")
        imei = object.value("imei")
    }
}

/// The itsme app on the person's phone; to help detect fraud.
public struct AppInformation: Sendable, Hashable {
    /// When the app was installed.
    public var installedDate: Timestamp?
    /// Name of the app.
    public var name: String?
    /// Release of the app, for example `4.9.1`.
    public var release: String?

    /// Makes app information.
    public init(installedDate: Timestamp? = nil, name: String? = nil, release: String? = nil) {
        self.installedDate = installedDate
        self.name = name
        self.release = release
    }
}

extension AppInformation: ClaimValue {
    /// Reads an object. A malformed member is `nil`.
    public init(claimValue json: JSON) throws(UnexpectedClaimValue) {
        let object = try ClaimObject(json, expected: "an object with appInstalledDate, appName and appRelease")
        self.init(
            installedDate: object.value("appInstalledDate"),
            name: object.value("appName"),
            release: object.value("appRelease"))
    }
}

/// The person's itsme account; to help detect fraud.
public struct AccountInformation: Sendable, Hashable {
    /// How an account was activated.
    ///
    /// Other values are possible and kept in ``rawValue``.
    public struct ActivationMechanism: OpenSetValue, Hashable {
        /// The value on the wire.
        public let rawValue: String

        /// Makes a mechanism from its value on the wire.
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
    /// Reads an object. A malformed member is `nil`.
    public init(claimValue json: JSON) throws(UnexpectedClaimValue) {
        let object = try ClaimObject(json, expected: "an object with activationDate and activationMechanism")
        self.init(
            activationDate: object.value("activationDate"),
            activationMechanism: object.value("activationMechanism"))
    }
}

/// How strongly the approval was bound to the phone.
public struct TransactionInformation: Sendable, Hashable {
    /// How a transaction or an account is secured.
    ///
    /// Other values are possible and kept in ``rawValue``.
    public struct SecurityLevel: OpenSetValue, Hashable {
        /// The value on the wire.
        public let rawValue: String

        /// Makes a level from its value on the wire.
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

    /// How this transaction was secured.
    public var securityLevel: SecurityLevel?
    /// How the account was secured at the time of the transaction.
    public var bindLevel: SecurityLevel?
    /// Mobile country code of the network: three digits.
    public var mobileCountryCode: Int?
    /// Release of the itsme app.
    public var appRelease: String?

    /// Makes transaction information with no known members.
    public init() {}
}

extension TransactionInformation: ClaimValue {
    /// Reads an object. A malformed member is `nil`.
    public init(claimValue json: JSON) throws(UnexpectedClaimValue) {
        let object = try ClaimObject(json, expected: "an object with securityLevel, bindLevel and mcc")
        self.init()
        securityLevel = object.value("securityLevel")
        bindLevel = object.value("bindLevel")
        appRelease = object.value("appRelease")
        mobileCountryCode = (object.value("mcc") as JSON?)?.integer.flatMap { (0...999).contains($0) ? Int($0) : nil }
    }
}

/// How the person got from the relying party to the itsme app.
///
/// Other values are possible and kept in ``rawValue``.
public struct IdentificationMode: OpenSetValue, Hashable {
    /// The value on the wire.
    public let rawValue: String

    /// Makes a mode from its value on the wire.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// A QR code was scanned.
    public static let qrCode = IdentificationMode(rawValue: "QR")
    /// The phone number was entered.
    public static let phoneNumber = IdentificationMode(rawValue: "MSISDN")
    /// The app was opened on the same phone.
    public static let appToApp = IdentificationMode(rawValue: "a2a")
}

/// The language of the person's itsme app.
///
/// itsme sends `NL`, `FR`, `DE` or `EN`, and the legacy profile sends the same in lower case. The value is kept in
/// lower case, so that both are equal. Other languages are possible and kept.
public struct ItsmeLocale: OpenSetValue, Hashable {
    /// The language tag in lower case, usable for `ui_locales` and for an HTML `lang`.
    public let rawValue: String

    /// Makes a locale from a language tag in upper or lower case.
    public init(rawValue: String) {
        self.rawValue = rawValue.lowercased()
    }

    /// Dutch.
    public static let dutch = ItsmeLocale(rawValue: "nl")
    /// French.
    public static let french = ItsmeLocale(rawValue: "fr")
    /// German.
    public static let german = ItsmeLocale(rawValue: "de")
    /// English.
    public static let english = ItsmeLocale(rawValue: "en")
}
