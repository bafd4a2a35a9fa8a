// The catalogue for asking: one member for each static member of ``Claim``, under the same name.

extension RequestedClaim {
    // MARK: Standard claims

    /// Asks for ``Claim/subject``.
    public static var subject: Self { Self(Claim.subject) }
    /// Asks for ``Claim/addressAssuranceLevel``.
    public static var addressAssuranceLevel: Self { Self(Claim.addressAssuranceLevel) }
    /// Asks for ``Claim/name``.
    public static var name: Self { Self(Claim.name) }
    /// Asks for ``Claim/givenName``.
    public static var givenName: Self { Self(Claim.givenName) }
    /// Asks for ``Claim/familyName``.
    public static var familyName: Self { Self(Claim.familyName) }
    /// Asks for ``Claim/picture``.
    public static var picture: Self { Self(Claim.picture) }
    /// Asks for ``Claim/birthdate``.
    public static var birthdate: Self { Self(Claim.birthdate) }
    /// Asks for ``Claim/gender``.
    public static var gender: Self { Self(Claim.gender) }
    /// Asks for ``Claim/locale``.
    public static var locale: Self { Self(Claim.locale) }
    /// Asks for ``Claim/email``.
    public static var email: Self { Self(Claim.email) }
    /// Asks for ``Claim/phoneNumber``.
    public static var phoneNumber: Self { Self(Claim.phoneNumber) }
    /// Asks for ``Claim/address``.
    public static var address: Self { Self(Claim.address) }
    /// Asks for ``Claim/emailVerified``.
    public static var emailVerified: Self { Self(Claim.emailVerified) }
    /// Asks for ``Claim/phoneNumberVerified``.
    public static var phoneNumberVerified: Self { Self(Claim.phoneNumberVerified) }
    /// Asks for ``Claim/ageAtLeast16``.
    public static var ageAtLeast16: Self { Self(Claim.ageAtLeast16) }
    /// Asks for ``Claim/ageAtLeast18``.
    public static var ageAtLeast18: Self { Self(Claim.ageAtLeast18) }
    /// Asks for ``Claim/ageAtLeast21``.
    public static var ageAtLeast21: Self { Self(Claim.ageAtLeast21) }
    /// Asks for ``Claim/ageAtLeast30``.
    public static var ageAtLeast30: Self { Self(Claim.ageAtLeast30) }

    // MARK: The identity document

    /// Asks for ``Claim/birthdateAsString``.
    public static var birthdateAsString: Self { Self(Claim.birthdateAsString) }
    /// Asks for ``Claim/officialGender``.
    public static var officialGender: Self { Self(Claim.officialGender) }
    /// Asks for ``Claim/citizenship``.
    public static var citizenship: Self { Self(Claim.citizenship) }
    /// Asks for ``Claim/belgianCardNumber``.
    public static var belgianCardNumber: Self { Self(Claim.belgianCardNumber) }
    /// Asks for ``Claim/documentNumber``.
    public static var documentNumber: Self { Self(Claim.documentNumber) }
    /// Asks for ``Claim/legacyCityOfBirth``.
    public static var legacyCityOfBirth: Self { Self(Claim.legacyCityOfBirth) }
    /// Asks for ``Claim/legacyCountryOfBirth``.
    public static var legacyCountryOfBirth: Self { Self(Claim.legacyCountryOfBirth) }
    /// Asks for ``Claim/citizenshipCode``.
    public static var citizenshipCode: Self { Self(Claim.citizenshipCode) }
    /// Asks for ``Claim/documentType``.
    public static var documentType: Self { Self(Claim.documentType) }
    /// Asks for ``Claim/photo``.
    public static var photo: Self { Self(Claim.photo) }
    /// Asks for ``Claim/placeOfBirth``.
    public static var placeOfBirth: Self { Self(Claim.placeOfBirth) }
    /// Asks for ``Claim/legacyEID``.
    public static var legacyEID: Self { Self(Claim.legacyEID) }

    // MARK: National numbers

    /// Asks for ``Claim/nationalNumber``.
    public static var nationalNumber: Self { Self(Claim.nationalNumber) }
    /// Asks for ``Claim/romanianNationalNumber``.
    public static var romanianNationalNumber: Self { Self(Claim.romanianNationalNumber) }
    /// Asks for ``Claim/bulgarianNationalNumber``.
    public static var bulgarianNationalNumber: Self { Self(Claim.bulgarianNationalNumber) }
    /// Asks for ``Claim/czechNationalNumber``.
    public static var czechNationalNumber: Self { Self(Claim.czechNationalNumber) }
    /// Asks for ``Claim/slovakNationalNumber``.
    public static var slovakNationalNumber: Self { Self(Claim.slovakNationalNumber) }
    /// Asks for ``Claim/croatianNationalNumber``.
    public static var croatianNationalNumber: Self { Self(Claim.croatianNationalNumber) }
    /// Asks for ``Claim/lithuanianNationalNumber``.
    public static var lithuanianNationalNumber: Self { Self(Claim.lithuanianNationalNumber) }
    /// Asks for ``Claim/latvianNationalNumber``.
    public static var latvianNationalNumber: Self { Self(Claim.latvianNationalNumber) }
    /// Asks for ``Claim/cypriotNationalNumber``.
    public static var cypriotNationalNumber: Self { Self(Claim.cypriotNationalNumber) }
    /// Asks for ``Claim/malteseNationalNumber``.
    public static var malteseNationalNumber: Self { Self(Claim.malteseNationalNumber) }
    /// Asks for ``Claim/serbianNationalNumber``.
    public static var serbianNationalNumber: Self { Self(Claim.serbianNationalNumber) }
    /// Asks for ``Claim/moldovanNationalNumber``.
    public static var moldovanNationalNumber: Self { Self(Claim.moldovanNationalNumber) }
    /// Asks for ``Claim/slovenianNationalNumber``.
    public static var slovenianNationalNumber: Self { Self(Claim.slovenianNationalNumber) }
    /// Asks for ``Claim/slovenianNationalNumberSV``.
    public static var slovenianNationalNumberSV: Self { Self(Claim.slovenianNationalNumberSV) }

    // MARK: Phone, app, account and transaction

    /// Asks for ``Claim/device``.
    public static var device: Self { Self(Claim.device) }
    /// Asks for ``Claim/app``.
    public static var app: Self { Self(Claim.app) }
    /// Asks for ``Claim/account``.
    public static var account: Self { Self(Claim.account) }
    /// Asks for ``Claim/transactionInfo``.
    public static var transactionInfo: Self { Self(Claim.transactionInfo) }
    /// Asks for ``Claim/identificationMode``.
    public static var identificationMode: Self { Self(Claim.identificationMode) }
    /// Asks for ``Claim/ongoingCall``.
    public static var ongoingCall: Self { Self(Claim.ongoingCall) }
    /// Asks for ``Claim/transactionIP``.
    public static var transactionIP: Self { Self(Claim.transactionIP) }
    /// Asks for ``Claim/studentAttestation``.
    public static var studentAttestation: Self { Self(Claim.studentAttestation) }

    // MARK: Metadata

    /// Asks for ``Claim/validityFrom``.
    public static var validityFrom: Self { Self(Claim.validityFrom) }
    /// Asks for ``Claim/validityTo``.
    public static var validityTo: Self { Self(Claim.validityTo) }
    /// Asks for ``Claim/verificationDate``.
    public static var verificationDate: Self { Self(Claim.verificationDate) }
    /// Asks for ``Claim/issuingCountry``.
    public static var issuingCountry: Self { Self(Claim.issuingCountry) }
    /// Asks for ``Claim/issuanceLocality``.
    public static var issuanceLocality: Self { Self(Claim.issuanceLocality) }
}
