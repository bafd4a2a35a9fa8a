// The samples are made up. National numbers have fitting check digits and belong to the range of test persons' dates.

extension ClaimCatalogue {
    static let standard: [Entry] = [
        Entry("subject", .subject, .subject, sample: #""q7vdk2mz0c9xw4hb1t8yrn5jpl3gs6ae0fuw""#),
        Entry(
            "addressAssuranceLevel", .addressAssuranceLevel, .addressAssuranceLevel, sample: #""substantial""#),
        Entry("name", .name, .name, sample: #""Lieselot Vandersmissen""#),
        Entry("givenName", .givenName, .givenName, sample: #""Lieselot""#),
        Entry("familyName", .familyName, .familyName, sample: #""Vandersmissen""#),
        Entry("picture", .picture, .picture, sample: #""https://idp.e2e.itsme.services/v2/picture""#),
        Entry("birthdate", .birthdate, .birthdate, sample: #""1985-01-02""#),
        Entry("gender", .gender, .gender, sample: #""female""#),
        Entry("locale", .locale, .locale, sample: #""NL""#),
        Entry("email", .email, .email, sample: #""lieselot@vandersmissen.example""#),
        Entry("phoneNumber", .phoneNumber, .phoneNumber, sample: #""+32 470000000""#),
        Entry(
            "address", .address, .address,
            sample: #"""
                {"formatted":"Zonnebloemlaan 12 3700 Tongeren","street_address":"Zonnebloemlaan 12",\#
                "postal_code":"3700","locality":"Tongeren"}
                """#),
        Entry("emailVerified", .emailVerified, .emailVerified, sample: "false"),
        Entry("phoneNumberVerified", .phoneNumberVerified, .phoneNumberVerified, sample: "true"),
        Entry("ageAtLeast16", .ageAtLeast16, .ageAtLeast16, sample: "true"),
        Entry("ageAtLeast18", .ageAtLeast18, .ageAtLeast18, sample: "true"),
        Entry("ageAtLeast21", .ageAtLeast21, .ageAtLeast21, sample: "true"),
        Entry("ageAtLeast30", .ageAtLeast30, .ageAtLeast30, sample: "true"),
    ]

    static let document: [Entry] = [
        Entry("birthdateAsString", .birthdateAsString, .birthdateAsString, sample: #""02 JAN 1985""#),
        Entry("officialGender", .officialGender, .officialGender, sample: #""V/F""#),
        Entry("citizenship", .citizenship, .citizenship, sample: #""Belgisch""#),
        Entry("belgianCardNumber", .belgianCardNumber, .belgianCardNumber, sample: #""591234567829""#),
        Entry("documentNumber", .documentNumber, .documentNumber, sample: #""591234567829""#),
        Entry("legacyCityOfBirth", .legacyCityOfBirth, .legacyCityOfBirth, sample: #""Tongeren""#),
        Entry("legacyCountryOfBirth", .legacyCountryOfBirth, .legacyCountryOfBirth, sample: #""Belgium""#),
        Entry("citizenshipCode", .citizenshipCode, .citizenshipCode, sample: #""BEL""#),
        Entry("documentType", .documentType, .documentType, sample: #""I""#),
        Entry(
            "photo", .photo, .photo, sample: #"{"format":"image/jpeg","value":"/9j/4AAQSkZJRgABAQAAAQABAAD/2Q=="}"#),
        Entry(
            "placeOfBirth", .placeOfBirth, .placeOfBirth,
            sample: #"{"formatted":"Tongeren, Belgium","city":"Tongeren","country":"Belgium"}"#),
        Entry(
            "legacyEID", .legacyEID, .legacyEID,
            sample: #"""
                {"eid":"591234567829","issuance_locality":"Tongeren","validity_from":"2018-11-08T00:00:00+0000",\#
                "validity_to":"2028-11-10T00:00:00+0000","certificate_validity":"2028-11-10T00:00:00+0000",\#
                "read_date":"2019-04-01T19:43:37+0000","national_number":"85010299855"}
                """#),
    ]

    static let nationalNumbers: [Entry] = [
        Entry("nationalNumber", .nationalNumber, .nationalNumber, sample: #""85010299855""#),
        Entry(
            "romanianNationalNumber", .romanianNationalNumber, .romanianNationalNumber, sample: #""2850102000000""#),
        Entry(
            "bulgarianNationalNumber", .bulgarianNationalNumber, .bulgarianNationalNumber, sample: #""8501020000""#),
        Entry("czechNationalNumber", .czechNationalNumber, .czechNationalNumber, sample: #""855102/0000""#),
        Entry("slovakNationalNumber", .slovakNationalNumber, .slovakNationalNumber, sample: #""855102/0000""#),
        Entry("croatianNationalNumber", .croatianNationalNumber, .croatianNationalNumber, sample: #""00000000001""#),
        Entry(
            "lithuanianNationalNumber", .lithuanianNationalNumber, .lithuanianNationalNumber,
            sample: #""48501020000""#),
        Entry("latvianNationalNumber", .latvianNationalNumber, .latvianNationalNumber, sample: #""020185-10000""#),
        Entry("cypriotNationalNumber", .cypriotNationalNumber, .cypriotNationalNumber, sample: #""0000001234""#),
        Entry("malteseNationalNumber", .malteseNationalNumber, .malteseNationalNumber, sample: #""0000185M""#),
        Entry("serbianNationalNumber", .serbianNationalNumber, .serbianNationalNumber, sample: #""0201985715000""#),
        Entry(
            "moldovanNationalNumber", .moldovanNationalNumber, .moldovanNationalNumber, sample: #""2000000000000""#),
        Entry(
            "slovenianNationalNumber", .slovenianNationalNumber, .slovenianNationalNumber,
            sample: #""0201985505000""#),
        Entry(
            "slovenianNationalNumberSV", .slovenianNationalNumberSV, .slovenianNationalNumberSV,
            sample: #""0201985505000""#),
    ]

    static let transaction: [Entry] = [
        Entry(
            "device", .device, .device,
            sample: #"""
                {"os":"ANDROID","appName":"be.bmid.itsme.e2e","appRelease":"4.0.0","deviceLabel":"Telefoon van Lies",\#
                "debugEnabled":false,"deviceId":"c0ffee00000000000000000000000000a","osRelease":"14",\#
                "manufacturer":"Fairphone","deviceLockLevel":"true","rooted":false,"deviceModel":"FP5",\#
                "msisdn":"0032470000000"}
                """#),
        Entry(
            "app", .app, .app,
            sample: #"""
                {"appInstalledDate":"2023-06-01T13:04:26.123Z","appName":"be.bmid.itsme","appRelease":"4.9.1"}
                """#),
        Entry(
            "account", .account, .account,
            sample: #"{"activationDate":"2023-06-01T13:04:26.123Z","activationMechanism":"CONTACT_LESS"}"#),
        Entry(
            "transactionInfo", .transactionInfo, .transactionInfo,
            sample: #"{"securityLevel":"SOFT_ONLY","bindLevel":"SOFT_ONLY","mcc":206}"#),
        Entry("identificationMode", .identificationMode, .identificationMode, sample: #""QR""#),
        Entry("ongoingCall", .ongoingCall, .ongoingCall, sample: "false"),
        Entry("transactionIP", .transactionIP, .transactionIP, sample: #""203.0.113.17""#),
        Entry("studentAttestation", .studentAttestation, .studentAttestation, sample: #""attestation-0001""#),
    ]

    static let metadata: [Entry] = [
        Entry(
            "validityFrom", .validityFrom, .validityFrom,
            sample: #"{"http://itsme.services/v2/claim/BEeidSn":"2018-11-08T00:00:00Z"}"#),
        Entry(
            "validityTo", .validityTo, .validityTo,
            sample: #"{"http://itsme.services/v2/claim/BEeidSn":"2028-11-10T00:00:00Z"}"#),
        Entry(
            "verificationDate", .verificationDate, .verificationDate,
            sample: #"{"birthdate":"2023-06-01T13:04:26Z","name":"2023-06-01T13:04:26.000Z"}"#),
        Entry(
            "issuingCountry", .issuingCountry, .issuingCountry,
            sample: #"{"birthdate":"BEL","http://itsme.services/v2/claim/IDDocumentSN":"BEL"}"#),
        Entry(
            "issuanceLocality", .issuanceLocality, .issuanceLocality,
            sample: #"{"http://itsme.services/v2/claim/BEeidSn":"TONGEREN"}"#),
    ]
}
