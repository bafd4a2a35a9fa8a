public import JOSE

/// The list of the claims that itsme delivers, as data: for documentation, for tests and for tools.
///
/// The same claims are the static members of ``Claim`` and ``RequestedClaim``.
public enum ClaimCatalogue {
    /// One claim of the catalogue.
    public struct Entry: Sendable {
        /// The name of the static member in ``Claim`` and in ``RequestedClaim``.
        public let member: String

        /// The name on the wire in the current profile, or in the legacy profile for claims that exist only there.
        public let name: String

        /// The name on the wire in the legacy profile, when it is another one.
        public let legacyName: String?

        /// Whether the value is personal data and therefore comes as ``Personal``.
        public let isPersonal: Bool

        /// A made-up value, as the JSON text in which itsme would send it.
        public let sample: String

        /// The claim as it is asked for.
        public let requested: RequestedClaim

        /// Reads a JSON value as the claim's Swift type.
        ///
        /// - Throws: ``ClaimError`` when the value is not of the expected form.
        public func decode(_ json: JSON) throws(ClaimError) -> any Sendable {
            try decoder(json)
        }

        private let decoder: @Sendable (JSON) throws(ClaimError) -> any Sendable

        init<Value>(_ member: String, _ claim: Claim<Value>, _ requested: RequestedClaim, sample: String) {
            self.member = member
            self.name = claim.name
            self.legacyName = claim.legacyName
            self.isPersonal = Value.self is any PersonalValue.Type
            self.sample = sample
            self.requested = requested
            self.decoder = { json throws(ClaimError) in try claim.decode(json) }
        }
    }

    /// Every claim, in the order of the documentation.
    public static let all: [Entry] = standard + document + nationalNumbers + transaction + metadata
}

/// Marks ``Personal`` whatever it holds.
private protocol PersonalValue {}

extension Personal: PersonalValue {}
