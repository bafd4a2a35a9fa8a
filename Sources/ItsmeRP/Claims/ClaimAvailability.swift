/// Whether itsme has a claim, which depends on the country that issued the identity document, not on nationality.
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
        /// For nobody.
        case never
    }

    private let level: Level
    private var exceptions: [CountryCode: Level] = [:]

    /// For how many of the people with a document of this country itsme has the claim; `nil` when the country is not
    /// one of ``countries``.
    public func level(forDocumentsIssuedBy country: CountryCode) -> Level? {
        Self.countries.contains(country) ? exceptions[country] ?? level : nil
    }

    /// The countries whose documents itsme takes, as documented in May 2026.
    public static let countries: Set<CountryCode> = [
        .austria, .belgium, .bulgaria, .croatia, .cyprus, .czechia, .denmark, .estonia, .finland, .france, .germany,
        .greece, .hungary, .iceland, .ireland, .italy, .latvia, .lithuania, .luxembourg, .malta, .moldova, .netherlands,
        .norway, .poland, .portugal, .romania, .serbia, .slovakia, .slovenia, .spain, .sweden, .unitedKingdom,
    ]

    /// What itsme documents of a claim (May 2026); `nil` when it documents nothing, as of claims of the legacy profile.
    public static func of(_ claim: any RequestableClaim) -> ClaimAvailability? {
        ClaimCatalogue.claim(named: claim.requested.name)?.availability
    }

    // What a declaration of a claim says of it.

    /// For everyone.
    static let always = ClaimAvailability(level: .always)
    /// For most people.
    static let mostly = ClaimAvailability(level: .mostly)
    /// For everyone who gave itsme an e-mail address.
    static let withEmail = ClaimAvailability(level: .withEmail)
    /// For nobody.
    static let never = ClaimAvailability(level: .never)

    /// For everyone, but on documents of this country for most people only.
    static func always(except country: CountryCode) -> Self { Self(level: .always, exceptions: [country: .mostly]) }

    /// For everyone with a document of this country, for nobody else.
    static func only(on country: CountryCode) -> Self { Self(level: .never, exceptions: [country: .always]) }

    /// For most people with a document of this country, for nobody else.
    static func mostly(on country: CountryCode) -> Self { Self(level: .never, exceptions: [country: .mostly]) }
}

/// Says that a claim of a request will be missing for some people. It is no failure: itsme leaves the claim out.
public struct AvailabilityWarning: Sendable, Hashable, CustomStringConvertible {
    /// Why the claim will be missing.
    public enum Reason: Sendable, Hashable, CaseIterable {
        /// Documents of these countries never have it.
        case neverAvailable
        /// Not everyone with a document of these countries has it.
        case notAlwaysAvailable
        /// Only people with a document of these countries who gave itsme an e-mail address have it.
        case onlyWithEmail
        /// itsme takes no documents of these countries, as far as it documents (``ClaimAvailability/countries``).
        case countryNotListed
    }

    /// The name of the claim on the wire in the current profile.
    public let claim: String

    /// The countries, of those asked about, whose documents the warning is about.
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
    /// What will be missing when people with documents of these countries are asked for these claims.
    ///
    /// - Parameters:
    ///   - countries: the countries whose documents the service expects.
    ///   - scopes: scopes of the same request; their claims count as asked for.
    /// - Returns: a warning for each claim and reason, in the order of the request; empty when nothing is missing, or
    ///   when itsme documents nothing of the claims.
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
    /// Why the claim will be missing for people with a document of this country; `nil` when it will not.
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
