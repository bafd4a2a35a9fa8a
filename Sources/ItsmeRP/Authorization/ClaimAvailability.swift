/// Whether itsme has a claim, which depends on the country that issued the identity document, not on nationality.
public struct ClaimAvailability: Sendable, Hashable {
    /// The name of the claim on the wire in the current profile.
    public let claim: String

    /// Where the claim is to be expected.
    public let rule: Rule

    /// Where a claim is to be expected.
    public enum Rule: Sendable, Hashable {
        /// Only on documents that one of these countries issued.
        case onlyIssuedBy(Set<CountryCode>)
        /// Not on all documents of these countries.
        case notAlwaysIssuedBy(Set<CountryCode>)
        /// Not for every person, whatever the country.
        case neverGuaranteed
    }

    /// What is known of the claims that are not always there. A claim may have several lines; one without any is
    /// always delivered.
    public static let all: [ClaimAvailability] =
        lines(
            [.address, .placeOfBirth, .nationalNumber, .belgianCardNumber, .validityFrom, .birthdateAsString],
            .onlyIssuedBy([.belgium]))
        + lines([.romanianNationalNumber], .onlyIssuedBy([.romania]))
        + lines([.bulgarianNationalNumber], .onlyIssuedBy([.bulgaria]))
        + lines([.czechNationalNumber], .onlyIssuedBy([.czechia]))
        + lines([.slovakNationalNumber], .onlyIssuedBy([.slovakia]))
        + lines([.croatianNationalNumber], .onlyIssuedBy([.croatia]))
        + lines([.lithuanianNationalNumber], .onlyIssuedBy([.lithuania]))
        + lines([.latvianNationalNumber], .onlyIssuedBy([.latvia]))
        + lines([.cypriotNationalNumber], .onlyIssuedBy([.cyprus]))
        + lines([.malteseNationalNumber], .onlyIssuedBy([.malta]))
        + lines([.serbianNationalNumber], .onlyIssuedBy([.serbia]))
        + lines([.moldovanNationalNumber], .onlyIssuedBy([.moldova]))
        + lines([.slovenianNationalNumber, .slovenianNationalNumberSV], .onlyIssuedBy([.slovenia]))
        + lines([.gender], .notAlwaysIssuedBy([.netherlands]))
        + lines([.givenName, .locale, .email, .device], .neverGuaranteed)

    /// What is known of one claim; empty when it is always delivered.
    public static func lines(for claim: RequestedClaim) -> [ClaimAvailability] {
        all.filter { $0.claim == claim.name }
    }

    private static func lines(_ claims: [RequestedClaim], _ rule: Rule) -> [ClaimAvailability] {
        claims.map { ClaimAvailability(claim: $0.name, rule: rule) }
    }
}

/// A claim was asked for that will be missing for some people. It is no failure: itsme leaves the claim out.
public struct AvailabilityWarning: Sendable, Hashable, CustomStringConvertible {
    /// Why the claim will be missing.
    public enum Reason: Sendable, Hashable {
        /// Documents of these countries never have it.
        case neverAvailable
        /// Documents of these countries do not always have it.
        case notAlwaysAvailable
        /// Not everyone has it, whatever the country.
        case neverGuaranteed
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
        case .neverGuaranteed: "\(claim) is not available for everyone"
        }
    }
}

extension ClaimsRequest {
    /// What will be missing when people with documents of these countries are asked for these claims.
    ///
    /// - Parameters:
    ///   - countries: the countries whose documents the service expects.
    ///   - scopes: scopes of the same request; their claims count as asked for.
    /// - Returns: a warning for each claim and reason, in the order of the request; empty when nothing is missing.
    public func availabilityWarnings(
        forDocumentsIssuedBy countries: Set<CountryCode>,
        scopes: [Scope] = []
    ) -> [AvailabilityWarning] {
        var seen: Set<String> = []
        let claims = (userInfo + idToken + scopes.flatMap(\.claims)).filter { seen.insert($0.name).inserted }
        return claims.flatMap { claim in
            ClaimAvailability.lines(for: claim).compactMap { $0.warning(among: countries) }
        }
    }
}

extension ClaimAvailability {
    fileprivate func warning(among countries: Set<CountryCode>) -> AvailabilityWarning? {
        let (affected, reason): (Set<CountryCode>, AvailabilityWarning.Reason) =
            switch rule {
            case .onlyIssuedBy(let issuers): (countries.subtracting(issuers), .neverAvailable)
            case .notAlwaysIssuedBy(let issuers): (countries.intersection(issuers), .notAlwaysAvailable)
            case .neverGuaranteed: (countries, .neverGuaranteed)
            }
        return affected.isEmpty ? nil : AvailabilityWarning(claim: claim, countries: affected, reason: reason)
    }
}
