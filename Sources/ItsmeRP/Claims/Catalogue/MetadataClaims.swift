// Statements about other claims, keyed by the claim that they describe; only for claims that were requested as well.

extension Claim where Value == Personal<AttributeMap<Timestamp>> {
    /// `validityFrom`: since when the document is valid, for example keyed by ``Claim/belgianCardNumber``. Only on
    /// Belgian documents, and not on all.
    public static var validityFrom: Self { Self(ItsmeNamespace.v2("validityFrom")) }

    /// `validityTo`: until when the document is valid. Not guaranteed on Belgian documents.
    public static var validityTo: Self { Self(ItsmeNamespace.v2("validityTo")) }

    /// `verificationDate`: when the document was last read. Not guaranteed on Belgian documents.
    public static var verificationDate: Self { Self(ItsmeNamespace.v2("verificationDate")) }
}

extension Claim where Value == Personal<AttributeMap<CountryCode>> {
    /// `IDIssuingCountry`: the country that issued the document from which the attribute was read.
    public static var issuingCountry: Self { Self(ItsmeNamespace.v2("IDIssuingCountry")) }
}

extension Claim where Value == Personal<AttributeMap<String>> {
    /// `issuance_locality`: the municipality that issued the document. Only on Belgian documents, and not on all.
    public static var issuanceLocality: Self { Self(ItsmeNamespace.v2("issuance_locality")) }
}
