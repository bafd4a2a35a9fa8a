public import JOSE

/// The phone with which the person approved. Every member may be missing.
public struct Device: Sendable, Hashable {
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
    /// Release of the kit that the app is made with; in old traffic.
    public var sdkRelease: String?
    /// Whether the device can send text messages; in old traffic.
    public var isSMSEnabled: Bool?
    /// Whether the device has a SIM card; in old traffic.
    public var isSIMEnabled: Bool?
    /// The identity number of the device's hardware; in old traffic.
    public var imei: String?

    /// Makes a device of which nothing is known.
    public init() {}
}

extension Device: ClaimValue {
    /// Reads an object, or a string that holds one as JSON, which is what the legacy profile sends; booleans also as
    /// strings. A member of another form is `nil`.
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
        // A text, one of which is "true": so a boolean is taken as well.
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
