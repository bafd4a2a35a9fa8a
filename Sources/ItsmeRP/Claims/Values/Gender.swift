/// The gender on the identity document, as itsme maps it.
///
/// Open set: other values are kept in ``rawValue``. The unmapped text of the document is the claim `officialGender`.
public struct Gender: RawRepresentable, Sendable, Hashable {
    /// The value on the wire.
    public let rawValue: String

    /// Makes a gender of its value on the wire.
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
