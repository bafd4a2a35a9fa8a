public import JOSE

/// A country, by its code of two or three letters (ISO 3166-1 alpha-2 and alpha-3).
///
/// itsme uses the three letters. For European countries, the only ones whose documents itsme accepts, both codes of a
/// country are equal. Other codes are equal if their texts are.
public struct CountryCode: RawRepresentable, Sendable, Hashable {
    /// The code as it was given.
    public let rawValue: String

    /// Makes a country code; `nil` unless the text is two or three capital letters from A to Z.
    ///
    /// Checks the form only, since the list of countries changes.
    public init?(rawValue: String) {
        guard (2...3).contains(rawValue.utf8.count), rawValue.utf8.allSatisfy({ (0x41...0x5A).contains($0) }) else {
            return nil
        }
        self.rawValue = rawValue
    }

    private init(_ known: StaticString) {
        self.rawValue = known.description
    }

    /// The code of two letters; `nil` for a code of three letters outside Europe.
    public var alpha2: String? {
        rawValue.utf8.count == 2 ? rawValue : Self.europe.first { $0.alpha3 == rawValue }?.alpha2
    }

    /// The code of three letters; `nil` for a code of two letters outside Europe.
    public var alpha3: String? {
        rawValue.utf8.count == 3 ? rawValue : Self.europe.first { $0.alpha2 == rawValue }?.alpha3
    }

    /// Two codes are equal when they stand for the same country.
    public static func == (left: Self, right: Self) -> Bool {
        left.canonical == right.canonical
    }

    /// Hashes the country, not its spelling.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(canonical)
    }

    private var canonical: String { alpha3 ?? rawValue }

    /// Austria.
    public static let austria = CountryCode("AUT")
    /// Belgium.
    public static let belgium = CountryCode("BEL")
    /// Bulgaria.
    public static let bulgaria = CountryCode("BGR")
    /// Croatia.
    public static let croatia = CountryCode("HRV")
    /// Cyprus.
    public static let cyprus = CountryCode("CYP")
    /// Czechia.
    public static let czechia = CountryCode("CZE")
    /// Denmark.
    public static let denmark = CountryCode("DNK")
    /// Estonia.
    public static let estonia = CountryCode("EST")
    /// Finland.
    public static let finland = CountryCode("FIN")
    /// France.
    public static let france = CountryCode("FRA")
    /// Germany.
    public static let germany = CountryCode("DEU")
    /// Greece.
    public static let greece = CountryCode("GRC")
    /// Hungary.
    public static let hungary = CountryCode("HUN")
    /// Iceland.
    public static let iceland = CountryCode("ISL")
    /// Ireland.
    public static let ireland = CountryCode("IRL")
    /// Italy.
    public static let italy = CountryCode("ITA")
    /// Latvia.
    public static let latvia = CountryCode("LVA")
    /// Liechtenstein.
    public static let liechtenstein = CountryCode("LIE")
    /// Lithuania.
    public static let lithuania = CountryCode("LTU")
    /// Luxembourg.
    public static let luxembourg = CountryCode("LUX")
    /// Malta.
    public static let malta = CountryCode("MLT")
    /// Moldova.
    public static let moldova = CountryCode("MDA")
    /// The Netherlands.
    public static let netherlands = CountryCode("NLD")
    /// Norway.
    public static let norway = CountryCode("NOR")
    /// Poland.
    public static let poland = CountryCode("POL")
    /// Portugal.
    public static let portugal = CountryCode("PRT")
    /// Romania.
    public static let romania = CountryCode("ROU")
    /// Serbia.
    public static let serbia = CountryCode("SRB")
    /// Slovakia.
    public static let slovakia = CountryCode("SVK")
    /// Slovenia.
    public static let slovenia = CountryCode("SVN")
    /// Spain.
    public static let spain = CountryCode("ESP")
    /// Sweden.
    public static let sweden = CountryCode("SWE")
    /// Switzerland.
    public static let switzerland = CountryCode("CHE")
    /// The United Kingdom.
    public static let unitedKingdom = CountryCode("GBR")

    private static let europe: [(alpha2: String, alpha3: String)] = [
        ("AD", "AND"), ("AL", "ALB"), ("AT", "AUT"), ("BA", "BIH"), ("BE", "BEL"), ("BG", "BGR"), ("BY", "BLR"),
        ("CH", "CHE"), ("CY", "CYP"), ("CZ", "CZE"), ("DE", "DEU"), ("DK", "DNK"), ("EE", "EST"), ("ES", "ESP"),
        ("FI", "FIN"), ("FR", "FRA"), ("GB", "GBR"), ("GR", "GRC"), ("HR", "HRV"), ("HU", "HUN"), ("IE", "IRL"),
        ("IS", "ISL"), ("IT", "ITA"), ("LI", "LIE"), ("LT", "LTU"), ("LU", "LUX"), ("LV", "LVA"), ("MC", "MCO"),
        ("MD", "MDA"), ("ME", "MNE"), ("MK", "MKD"), ("MT", "MLT"), ("NL", "NLD"), ("NO", "NOR"), ("PL", "POL"),
        ("PT", "PRT"), ("RO", "ROU"), ("RS", "SRB"), ("SE", "SWE"), ("SI", "SVN"), ("SK", "SVK"), ("SM", "SMR"),
        ("UA", "UKR"), ("VA", "VAT"),
    ]
}

extension CountryCode: CustomStringConvertible {
    /// The code as it was given.
    public var description: String { rawValue }
}

extension CountryCode: ClaimValue {
    /// Reads a string with two or three capital letters.
    public init(claimValue json: JSON) throws(UnexpectedClaimValue) {
        self = try json.claimValue(
            expected: "a country code of two or three capital letters", CountryCode.init(rawValue:))
    }
}
