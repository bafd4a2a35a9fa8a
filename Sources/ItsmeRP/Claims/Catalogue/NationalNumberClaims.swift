// National numbers: the number of the country's register that the document carries, only on that country's documents.

extension Claim where Value == Personal<BelgianNationalNumber> {
    /// `BENationalNumber`: the number in the Belgian national register. Only on Belgian documents, and only for
    /// relying parties that the law allows it.
    public static var nationalNumber: Self { Self(ItsmeNamespace.v2("BENationalNumber")) }
}

extension Claim where Value == Personal<String> {
    /// `RONationalNumber`: the national number on Romanian documents.
    public static var romanianNationalNumber: Self { Self(ItsmeNamespace.v2("RONationalNumber")) }

    /// `BGNationalNumber`: the national number on Bulgarian documents.
    public static var bulgarianNationalNumber: Self { Self(ItsmeNamespace.v2("BGNationalNumber")) }

    /// `CZNationalNumber`: the national number on Czech documents.
    public static var czechNationalNumber: Self { Self(ItsmeNamespace.v2("CZNationalNumber")) }

    /// `SKNationalNumber`: the national number on Slovak documents.
    public static var slovakNationalNumber: Self { Self(ItsmeNamespace.v2("SKNationalNumber")) }

    /// `HRNationalNumber`: the national number on Croatian documents.
    public static var croatianNationalNumber: Self { Self(ItsmeNamespace.v2("HRNationalNumber")) }

    /// `LTNationalNumber`: the national number on Lithuanian documents.
    public static var lithuanianNationalNumber: Self { Self(ItsmeNamespace.v2("LTNationalNumber")) }

    /// `LVNationalNumber`: the national number on Latvian documents.
    public static var latvianNationalNumber: Self { Self(ItsmeNamespace.v2("LVNationalNumber")) }

    /// `CYNationalNumber`: the national number on Cypriot documents. itsme withdrew it in November 2025; the member stays
    /// so that older answers can be read.
    public static var cypriotNationalNumber: Self { Self(ItsmeNamespace.v2("CYNationalNumber")) }

    /// `MTNationalNumber`: the national number on Maltese documents.
    public static var malteseNationalNumber: Self { Self(ItsmeNamespace.v2("MTNationalNumber")) }

    /// `RSNationalNumber`: the national number on Serbian documents.
    public static var serbianNationalNumber: Self { Self(ItsmeNamespace.v2("RSNationalNumber")) }

    /// `MDNationalNumber`: the national number on Moldovan documents.
    public static var moldovanNationalNumber: Self { Self(ItsmeNamespace.v2("MDNationalNumber")) }

    /// `SINationalNumber`: the national number on Slovenian documents.
    ///
    /// itsme's sources write both `SI` and `SV`. Either member reads both names; to be sure, ask for both.
    public static var slovenianNationalNumber: Self {
        Self(
            ItsmeNamespace.v2("SINationalNumber"),
            alternateNames: [ItsmeNamespace.v2("SVNationalNumber")])
    }

    /// `SVNationalNumber`: the other spelling of ``Claim/slovenianNationalNumber``.
    public static var slovenianNationalNumberSV: Self {
        Self(
            ItsmeNamespace.v2("SVNationalNumber"),
            alternateNames: [ItsmeNamespace.v2("SINationalNumber")])
    }
}
