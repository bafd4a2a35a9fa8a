/// For whom itsme has a claim. This depends on the country that issued the identity document, not on nationality.
///
/// ```swift
/// ClaimAvailability.of(.address)?.level(forDocumentsIssuedBy: .netherlands)  // .never
/// ```
public struct ClaimAvailability: Sendable, Hashable {
    /// For how many people itsme has a claim.
    public enum Level: Sendable, Hashable {
        /// For everyone.
        case always
        /// For most people.
        case mostly
        /// For everyone who gave itsme an e-mail address.
        case withEmail
        /// For no one.
        case never
    }

    private let level: Level
    private var exceptions: [CountryCode: Level] = [:]

    /// How many of the people with a document of this country have the claim; `nil` if the country is not in
    /// ``countries``.
    public func level(forDocumentsIssuedBy country: CountryCode) -> Level? {
        Self.countries.contains(country) ? exceptions[country] ?? level : nil
    }

    /// The countries whose documents itsme accepts (as of May 2026).
    public static let countries: Set<CountryCode> = [
        .austria, .belgium, .bulgaria, .croatia, .cyprus, .czechia, .denmark, .estonia, .finland, .france, .germany,
        .greece, .hungary, .iceland, .ireland, .italy, .latvia, .lithuania, .luxembourg, .malta, .moldova, .netherlands,
        .norway, .poland, .portugal, .romania, .serbia, .slovakia, .slovenia, .spain, .sweden, .unitedKingdom,
    ]

    /// What itsme documents about a claim (May 2026); `nil` if itsme documents nothing, for example for claims of the
    /// legacy profile.
    public static func of(_ claim: any RequestableClaim) -> ClaimAvailability? {
        ClaimCatalogue.claim(named: claim.requested.name)?.availability
    }

    // The values that declarations of claims use.

    /// For everyone.
    static let always = ClaimAvailability(level: .always)
    /// For most people.
    static let mostly = ClaimAvailability(level: .mostly)
    /// For everyone who gave itsme an e-mail address.
    static let withEmail = ClaimAvailability(level: .withEmail)
    /// For no one.
    static let never = ClaimAvailability(level: .never)

    /// For everyone, except that only most people with documents of this country have it.
    static func always(except country: CountryCode) -> Self { Self(level: .always, exceptions: [country: .mostly]) }

    /// For everyone with a document of this country, for no one else.
    static func only(on country: CountryCode) -> Self { Self(level: .never, exceptions: [country: .always]) }

    /// For most people with a document of this country, for no one else.
    static func mostly(on country: CountryCode) -> Self { Self(level: .never, exceptions: [country: .mostly]) }
}

/// Warns that some people lack a claim of a request. It is not an error: itsme leaves the claim out.
public struct AvailabilityWarning: Sendable, Hashable, CustomStringConvertible {
    /// Why the claim will be missing.
    public enum Reason: Sendable, Hashable, CaseIterable {
        /// Documents of these countries never have it.
        case neverAvailable
        /// Not everyone with a document of these countries has it.
        case notAlwaysAvailable
        /// Only people with a document of these countries who gave itsme an e-mail address have it.
        case onlyWithEmail
        /// itsme does not list these countries (``ClaimAvailability/countries``).
        case countryNotListed
    }

    /// The name of the claim on the wire in the current profile.
    public let claim: String

    /// The given countries to which the warning applies.
    public let countries: Set<CountryCode>

    /// Why the claim will be missing.
    public let reason: Reason

    /// The warning as a sentence for a log or a console.
    public var description: String {
        let list = countries.map(\.rawValue).sorted().joined(separator: ", ")
        return switch reason {
        case .neverAvailable: "\(claim) is never available on documents issued by \(list)"
        case .notAlwaysAvailable: "\(claim) is not always available on documents issued by \(list)"
        case .onlyWithEmail: "\(claim) is available with an e-mail address only on documents issued by \(list)"
        case .countryNotListed: "\(claim) is not known to be available on documents issued by \(list)"
        }
    }
}

extension ClaimsRequest {
    /// The claims that will be missing for people with documents of these countries.
    ///
    /// - Parameters:
    ///   - countries: the countries whose documents the service expects.
    ///   - scopes: scopes of the same request; their claims count as requested.
    /// - Returns: a warning for each claim and reason, in the order of the request; empty if nothing is missing, or if
    ///   itsme documents nothing about the claims.
    public func availabilityWarnings(
        forDocumentsIssuedBy countries: Set<CountryCode>,
        scopes: [Scope] = []
    ) -> [AvailabilityWarning] {
        var seen: Set<String> = []
        let claims = (userInfo + idToken + scopes.flatMap(\.claims)).filter { seen.insert($0.name).inserted }
        return claims.flatMap { claim in
            guard let availability = ClaimAvailability.of(claim) else { return [] as [AvailabilityWarning] }
            let affected = Dictionary(grouping: countries, by: availability.reason)
            return AvailabilityWarning.Reason.allCases.compactMap { reason in
                affected[reason].map { AvailabilityWarning(claim: claim.name, countries: Set($0), reason: reason) }
            }
        }
    }
}

extension ClaimAvailability {
    /// Why the claim will be missing for people with a document of this country; `nil` if it will not.
    fileprivate func reason(forDocumentsIssuedBy country: CountryCode) -> AvailabilityWarning.Reason? {
        switch level(forDocumentsIssuedBy: country) {
        case .always: nil
        case .mostly: .notAlwaysAvailable
        case .withEmail: .onlyWithEmail
        case .never: .neverAvailable
        case nil: .countryNotListed
        }
    }
}
