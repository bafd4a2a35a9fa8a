/// How the person came from the relying party to the itsme app.
///
/// Open set: other values are kept in ``rawValue``.
public struct IdentificationMode: RawRepresentable, Sendable, Hashable {
    /// The value on the wire.
    public let rawValue: String

    /// Makes a mode of its value on the wire.
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
