public import JOSE

/// The table of the claims that itsme delivers.
///
/// To add a claim, declare it below with the claims of its value type, and add its name to ``all``. A declaration
/// states the names on the wire, the scope and for whom itsme has the claim. Its type states what the value is and
/// whether it is personal. Reading, requests, scopes and warnings use the declaration. Also add a value to
/// `Fixtures/claims/every-claim.json`, and, if itsme documents who has the claim or if it is not personal, a line to
/// `ClaimCatalogueTests`.
package enum ClaimCatalogue {
    /// Every claim, in the order of itsme's documentation.
    package static let all: [any CatalogueClaim] = [
        .subject, .name, .givenName, .familyName, .birthdate, .gender, .locale, .picture, .email, .emailVerified,
        .phoneNumber, .phoneNumberVerified, .address, .addressAssuranceLevel, .ageAtLeast16, .ageAtLeast18,
        .ageAtLeast21, .ageAtLeast30,

        .birthdateAsString, .officialGender, .photo, .citizenship, .citizenshipCode, .placeOfBirth, .nationalNumber,
        .belgianCardNumber, .documentNumber, .documentType, .issuingCountry, .issuanceLocality, .validityFrom,
        .validityTo, .verificationDate,

        .romanianNationalNumber, .bulgarianNationalNumber, .czechNationalNumber, .slovakNationalNumber,
        .croatianNationalNumber, .lithuanianNationalNumber, .slovenianNationalNumber, .slovenianNationalNumberSV,
        .latvianNationalNumber, .cypriotNationalNumber, .malteseNationalNumber, .serbianNationalNumber,
        .moldovanNationalNumber,

        .device, .app, .account, .transactionInfo, .identificationMode, .transactionIP, .ongoingCall,
        .studentAttestation,

        .legacyEID, .legacyCityOfBirth, .legacyCountryOfBirth,
    ]

    /// The claim with this name in the current profile.
    static func claim(named name: String) -> (any CatalogueClaim)? { all.first { $0.name == name } }
}

/// A claim of the table, with any type of value.
package protocol CatalogueClaim: RequestableClaim {
    associatedtype Value: Sendable
    var name: String { get }
    var legacyName: String? { get }
    var scope: Scope? { get }
    var availability: ClaimAvailability? { get }
    func decode(_ json: JSON) throws(ClaimError) -> Value
}

extension Claim: CatalogueClaim {}

extension CatalogueClaim {
    /// Whether the value is personal data, wrapped in ``Personal``.
    package var isPersonal: Bool { Value.self is any PersonalValue.Type }
}

/// Marks ``Personal`` with any type of value.
private protocol PersonalValue {}

extension Personal: PersonalValue {}

// MARK: - The person

extension RequestableClaim where Self == Claim<String> {
    /// `sub`: the identifier of the person at this relying party: 36 characters, always present.
    ///
    /// It is pairwise: the same person has a different one at each relying party. Use only this as the key of an
    /// account. A person who deletes the itsme account and makes a new one gets another `sub`.
    public static var subject: Self { Self("sub", available: nil) }

    /// `address_assurance_level`: how certain itsme is of the address. The scope `address` may include it.
    ///
    /// itsme documents neither its values nor whether the name has itsme's prefix, so both names are read.
    public static var addressAssuranceLevel: Self {
        Self(
            "address_assurance_level", alternateNames: [ItsmeNamespace.v2("address_assurance_level")], available: nil)
    }
}

extension RequestableClaim where Self == Claim<Personal<String>> {
    /// `name`: the full name, ready for display. Always present.
    public static var name: Self { Self("name", scope: .profile, available: .always) }

    /// `given_name`: first name or names. Not guaranteed: some people have none.
    public static var givenName: Self { Self("given_name", scope: .profile, available: .mostly) }

    /// `family_name`: surname or surnames.
    public static var familyName: Self { Self("family_name", scope: .profile, available: .always) }

    /// `picture`: the URL of the photo on the identity document. Fetch it with the access token. Not guaranteed on
    /// Belgian documents.
    public static var picture: Self { Self("picture", scope: .profile, available: .always(except: .belgium)) }
}

extension RequestableClaim where Self == Claim<Personal<Birthdate>> {
    /// `birthdate`: the date of birth. Belgian documents have this or `birthdateAsString`, not always both.
    public static var birthdate: Self { Self("birthdate", scope: .profile, available: .always(except: .belgium)) }
}

extension RequestableClaim where Self == Claim<Personal<Gender>> {
    /// `gender`. Not always present on Dutch documents.
    public static var gender: Self { Self("gender", scope: .profile, available: .always(except: .netherlands)) }
}

extension RequestableClaim where Self == Claim<ItsmeLocale> {
    /// `locale`: the language of the person's itsme app. Not guaranteed.
    public static var locale: Self { Self("locale", scope: .profile, available: .mostly) }
}

extension RequestableClaim where Self == Claim<Personal<EmailAddress>> {
    /// `email`: the address that the person entered. Not guaranteed and **not verified**: never find an account by it.
    public static var email: Self { Self("email", scope: .email, available: .mostly) }
}

extension RequestableClaim where Self == Claim<Personal<PhoneNumber>> {
    /// `phone_number`: the number of the phone with the itsme app.
    public static var phoneNumber: Self { Self("phone_number", scope: .phone, available: .always) }
}

extension RequestableClaim where Self == Claim<Personal<PostalAddress>> {
    /// `address`: the postal address. Only on Belgian documents.
    public static var address: Self { Self("address", scope: .address, available: .only(on: .belgium)) }
}

extension RequestableClaim where Self == Claim<Bool> {
    /// `email_verified`: always `false` so far, because itsme does not verify addresses. Present whenever the address
    /// is.
    public static var emailVerified: Self { Self("email_verified", scope: .email, available: .withEmail) }

    /// `phone_number_verified`.
    public static var phoneNumberVerified: Self { Self("phone_number_verified", scope: .phone, available: .always) }

    /// `age_gte_16`: whether the person is at least 16 years old. Absent is not `false`: without a full date of birth,
    /// as on some Belgian documents, there is no claim about the age.
    public static var ageAtLeast16: Self { Self("age_gte_16", available: .always(except: .belgium)) }

    /// `age_gte_18`: whether the person is at least 18 years old; reveals less than the date of birth. Absent is not
    /// `false`.
    public static var ageAtLeast18: Self { Self("age_gte_18", available: .always(except: .belgium)) }

    /// `age_gte_21`: whether the person is at least 21 years old. Absent is not `false`.
    public static var ageAtLeast21: Self { Self("age_gte_21", available: .always(except: .belgium)) }

    /// `age_gte_30`: whether the person is at least 30 years old. Absent is not `false`.
    public static var ageAtLeast30: Self { Self("age_gte_30", available: .always(except: .belgium)) }
}

// MARK: - The identity document

extension RequestableClaim where Self == Claim<Personal<String>> {
    /// `birthdate_as_string`: the date of birth as printed on the document. Only on Belgian documents, which have this
    /// or `birthdate`, not always both.
    public static var birthdateAsString: Self {
        Self(
            v2: "birthdate_as_string", v1: "2020-03:claim_birthdate_as_string", available: .mostly(on: .belgium))
    }

    /// `official_gender`: the gender as printed on the document. Not always present on Dutch documents.
    public static var officialGender: Self { Self(v2: "official_gender", available: .always(except: .netherlands)) }

    /// `claim_citizenship`: the nationality as the document writes it: a word or code of the local language on Belgian
    /// documents, an ISO 3166-1 code of three letters on others.
    public static var citizenship: Self {
        Self(v2: "claim_citizenship", v1: "2016-06:claim_nationality", available: .always)
    }

    /// `BEeidSn`: the number of the Belgian identity card. Only on Belgian documents; prefer `documentNumber`.
    public static var belgianCardNumber: Self { Self(v2: "BEeidSn", scope: .eid, available: .only(on: .belgium)) }

    /// `IDDocumentSN`: the number of the identity document.
    public static var documentNumber: Self { Self(v2: "IDDocumentSN", scope: .idDocument, available: .always) }
}

extension RequestableClaim where Self == Claim<Personal<CountryCode>> {
    /// `claim_citizenship_as_iso`: the nationality as an ISO 3166-1 code of three letters. Not always present on
    /// Belgian documents.
    public static var citizenshipCode: Self {
        Self(v2: "claim_citizenship_as_iso", available: .always(except: .belgium))
    }
}

extension RequestableClaim where Self == Claim<DocumentType> {
    /// `IDDocumentType`: identity card or passport.
    public static var documentType: Self { Self(v2: "IDDocumentType", scope: .idDocument, available: .always) }
}

extension RequestableClaim where Self == Claim<Personal<PhotoImage>> {
    /// `physical_person_photo`: the photo on the document, converted to JPEG of 200 x 140 pixels. Not guaranteed on
    /// Belgian documents.
    public static var photo: Self {
        Self(v2: "physical_person_photo", v1: "2017-05:claim_photo", available: .always(except: .belgium))
    }
}

extension RequestableClaim where Self == Claim<Personal<PlaceOfBirth>> {
    /// `place_of_birth`. Only on Belgian documents, and not on all.
    ///
    /// The legacy profile has `legacyCityOfBirth` and `legacyCountryOfBirth` instead.
    public static var placeOfBirth: Self { Self(v2: "place_of_birth", available: .mostly(on: .belgium)) }
}

extension RequestableClaim where Self == Claim<Personal<BelgianNationalNumber>> {
    /// `BENationalNumber`: the number in the Belgian national register. Only on Belgian documents, and only for relying
    /// parties that may use it by law.
    public static var nationalNumber: Self {
        Self(v2: "BENationalNumber", scope: .eid, available: .only(on: .belgium))
    }
}

// MARK: - National numbers, each only on documents of that country

extension RequestableClaim where Self == Claim<Personal<String>> {
    /// `RONationalNumber`: the national number on Romanian documents.
    public static var romanianNationalNumber: Self { Self(v2: "RONationalNumber", available: .only(on: .romania)) }

    /// `BGNationalNumber`: the national number on Bulgarian documents.
    public static var bulgarianNationalNumber: Self { Self(v2: "BGNationalNumber", available: .only(on: .bulgaria)) }

    /// `CZNationalNumber`: the national number on Czech documents.
    public static var czechNationalNumber: Self { Self(v2: "CZNationalNumber", available: .only(on: .czechia)) }

    /// `SKNationalNumber`: the national number on Slovak documents.
    public static var slovakNationalNumber: Self { Self(v2: "SKNationalNumber", available: .only(on: .slovakia)) }

    /// `HRNationalNumber`: the national number on Croatian documents.
    public static var croatianNationalNumber: Self { Self(v2: "HRNationalNumber", available: .only(on: .croatia)) }

    /// `LTNationalNumber`: the national number on Lithuanian documents.
    public static var lithuanianNationalNumber: Self { Self(v2: "LTNationalNumber", available: .only(on: .lithuania)) }

    /// `SINationalNumber`: the national number on Slovenian documents.
    ///
    /// itsme's sources use both `SI` and `SV`. Either claim reads both names. To be safe, request both.
    public static var slovenianNationalNumber: Self {
        Self(
            v2: "SINationalNumber", alternateNames: [ItsmeNamespace.v2("SVNationalNumber")],
            available: .only(on: .slovenia))
    }

    /// `SVNationalNumber`: the other spelling of `slovenianNationalNumber`.
    public static var slovenianNationalNumberSV: Self {
        Self(
            v2: "SVNationalNumber", alternateNames: [ItsmeNamespace.v2("SINationalNumber")],
            available: .only(on: .slovenia))
    }

    /// `LVNationalNumber`: the national number on Latvian documents.
    public static var latvianNationalNumber: Self { Self(v2: "LVNationalNumber", available: .only(on: .latvia)) }

    /// `CYNationalNumber`: the national number on Cypriot documents. itsme withdrew it in November 2025; the claim
    /// remains so that you can read older answers.
    public static var cypriotNationalNumber: Self { Self(v2: "CYNationalNumber", available: .never) }

    /// `MTNationalNumber`: the national number on Maltese documents.
    public static var malteseNationalNumber: Self { Self(v2: "MTNationalNumber", available: .only(on: .malta)) }

    /// `RSNationalNumber`: the national number on Serbian documents.
    public static var serbianNationalNumber: Self { Self(v2: "RSNationalNumber", available: .only(on: .serbia)) }

    /// `MDNationalNumber`: the national number on Moldovan documents.
    public static var moldovanNationalNumber: Self { Self(v2: "MDNationalNumber", available: .only(on: .moldova)) }
}

// MARK: - Phone, app, account and transaction: to help detect fraud

extension RequestableClaim where Self == Claim<Personal<DeviceInformation>> {
    /// `claim_device`: the phone. Neither the claim nor its members are guaranteed.
    public static var device: Self { Self(v2: "claim_device", v1: "2017-05:claim_device", available: .mostly) }
}

extension RequestableClaim where Self == Claim<Personal<AppInformation>> {
    /// `app`: the itsme app on the phone.
    public static var app: Self { Self(v2: "app", available: .always) }
}

extension RequestableClaim where Self == Claim<Personal<AccountInformation>> {
    /// `account`: when and how the itsme account was activated.
    public static var account: Self { Self(v2: "account", available: .always) }
}

extension RequestableClaim where Self == Claim<TransactionInformation> {
    /// `transaction_info`: how strongly the approval was bound to the phone.
    public static var transactionInfo: Self {
        Self(v2: "transaction_info", v1: "2017-05:claim_transaction_info", available: nil)
    }
}

extension RequestableClaim where Self == Claim<IdentificationMode> {
    /// `identification_mode`: how the person opened the app.
    public static var identificationMode: Self { Self(v2: "identification_mode", available: .always) }
}

extension RequestableClaim where Self == Claim<Bool> {
    /// `ongoing_call`: whether a phone call was going on. A fraudster may talk a person through an approval.
    public static var ongoingCall: Self { Self(v2: "ongoing_call", available: .always) }
}

extension RequestableClaim where Self == Claim<Personal<String>> {
    /// `transaction_ip`: the IP address of the approving phone.
    public static var transactionIP: Self { Self(v2: "transaction_ip", available: .always) }
}

extension RequestableClaim where Self == Claim<Personal<JSON>> {
    /// `student_attestation_ag`: an attestation that the person is a student. Its form is not documented, so the value
    /// is the raw JSON.
    public static var studentAttestation: Self { Self(v2: "student_attestation_ag", available: nil) }
}

// MARK: - Statements about other claims, keyed by the claim that they describe; only for claims of the same request

extension RequestableClaim where Self == Claim<Personal<AttributeMap<CountryCode>>> {
    /// `IDIssuingCountry`: the country that issued the document from which the attribute was read.
    public static var issuingCountry: Self { Self(v2: "IDIssuingCountry", scope: .idDocument, available: .always) }
}

extension RequestableClaim where Self == Claim<Personal<AttributeMap<String>>> {
    /// `issuance_locality`: the municipality that issued the document. Only on Belgian documents, and not on all.
    public static var issuanceLocality: Self { Self(v2: "issuance_locality", available: .mostly(on: .belgium)) }
}

extension RequestableClaim where Self == Claim<Personal<AttributeMap<Timestamp>>> {
    /// `validityFrom`: the start of the document's validity, for example keyed by `belgianCardNumber`. Only on Belgian
    /// documents, and not on all.
    public static var validityFrom: Self {
        Self(v2: "validityFrom", scope: .idDocument, available: .mostly(on: .belgium))
    }

    /// `validityTo`: the end of the document's validity. Not guaranteed on Belgian documents.
    public static var validityTo: Self {
        Self(v2: "validityTo", scope: .idDocument, available: .always(except: .belgium))
    }

    /// `verificationDate`: when the document was last read. Not guaranteed on Belgian documents.
    public static var verificationDate: Self { Self(v2: "verificationDate", available: .always(except: .belgium)) }
}

// MARK: - The legacy profile (v1) only

extension RequestableClaim where Self == Claim<Personal<LegacyEID>> {
    /// The Belgian identity card; the current profile has a claim for each member.
    public static var legacyEID: Self { Self(ItsmeNamespace.v1("2016-06:claim_eid"), available: nil) }
}

extension RequestableClaim where Self == Claim<Personal<String>> {
    /// City of birth; the current profile has `placeOfBirth`.
    public static var legacyCityOfBirth: Self { Self(ItsmeNamespace.v1("2016-06:claim_city_of_birth"), available: nil) }

    /// Country of birth; the current profile has `placeOfBirth`.
    public static var legacyCountryOfBirth: Self {
        Self(ItsmeNamespace.v1("2016-06:claim_country_of_birth"), available: nil)
    }
}
