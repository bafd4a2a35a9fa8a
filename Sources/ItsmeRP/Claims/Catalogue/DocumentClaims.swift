// What the identity document says: itsme's claims about the person and about the document.

extension Claim where Value == Personal<String> {
    /// `birthdate_as_string`: the date of birth as it is printed on the document. Only on Belgian documents, of which this
    /// or ``Claim/birthdate`` is there, not always both.
    public static var birthdateAsString: Self {
        Self(
            ItsmeNamespace.v2("birthdate_as_string"),
            legacyName: ItsmeNamespace.v1("2020-03", "claim_birthdate_as_string"))
    }

    /// `official_gender`: the gender as it is printed on the document. Not always there on Dutch documents.
    public static var officialGender: Self { Self(ItsmeNamespace.v2("official_gender")) }

    /// `claim_citizenship`: the nationality as the document writes it: a word or code of the local language
    /// on Belgian documents, an ISO 3166-1 code of three letters on others.
    public static var citizenship: Self {
        Self(
            ItsmeNamespace.v2("claim_citizenship"),
            legacyName: ItsmeNamespace.v1("2016-06", "claim_nationality"))
    }

    /// `BEeidSn`: the number of the Belgian identity card. Only on Belgian documents; prefer
    /// ``Claim/documentNumber``.
    public static var belgianCardNumber: Self { Self(ItsmeNamespace.v2("BEeidSn")) }

    /// `IDDocumentSN`: the number of the identity document.
    public static var documentNumber: Self { Self(ItsmeNamespace.v2("IDDocumentSN")) }

    /// City of birth, of the legacy profile (v1) only; the current profile has ``Claim/placeOfBirth``.
    public static var legacyCityOfBirth: Self { Self(ItsmeNamespace.v1("2016-06", "claim_city_of_birth")) }

    /// Country of birth, of the legacy profile (v1) only; the current profile has ``Claim/placeOfBirth``.
    public static var legacyCountryOfBirth: Self { Self(ItsmeNamespace.v1("2016-06", "claim_country_of_birth")) }
}

extension Claim where Value == Personal<CountryCode> {
    /// `claim_citizenship_as_iso`: the nationality as an ISO 3166-1 code of three letters. Not always there on
    /// Belgian documents.
    public static var citizenshipCode: Self { Self(ItsmeNamespace.v2("claim_citizenship_as_iso")) }
}

extension Claim where Value == DocumentType {
    /// `IDDocumentType`: identity card or passport.
    public static var documentType: Self { Self(ItsmeNamespace.v2("IDDocumentType")) }
}

extension Claim where Value == Personal<PhotoImage> {
    /// `physical_person_photo`: the photo on the document, converted to JPEG of 200 x 140 pixels. Not guaranteed
    /// on Belgian documents.
    public static var photo: Self {
        Self(
            ItsmeNamespace.v2("physical_person_photo"),
            legacyName: ItsmeNamespace.v1("2017-05", "claim_photo"))
    }
}

extension Claim where Value == Personal<PlaceOfBirth> {
    /// `place_of_birth`. Only on Belgian documents, and not on all.
    ///
    /// The legacy profile has ``Claim/legacyCityOfBirth`` and ``Claim/legacyCountryOfBirth`` instead.
    public static var placeOfBirth: Self { Self(ItsmeNamespace.v2("place_of_birth")) }
}

extension Claim where Value == Personal<LegacyEID> {
    /// The Belgian identity card, of the legacy profile (v1) only; the current profile has a claim for each member.
    public static var legacyEID: Self { Self(ItsmeNamespace.v1("2016-06", "claim_eid")) }
}
