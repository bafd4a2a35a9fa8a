import ItsmeRP
import XCTest

/// The forms that the protocol says to tolerate, and that nothing beyond them is.
final class ToleratedFormsTests: XCTestCase {
    func testReadsAddressAsAnObject() throws {
        let set = try claims(
            .address,
            #"{"formatted":"Jekerstraat 39 3700 TONGEREN","street_address":"Jekerstraat 39","postal_code":"3700","locality":"TONGEREN"}"#
        )
        let address = try XCTUnwrap(set[.address]?.value)
        XCTAssertEqual(address.formatted, "Jekerstraat 39 3700 TONGEREN")
        XCTAssertEqual(address.streetAddress, "Jekerstraat 39")
        XCTAssertEqual(address.postalCode, "3700")
        XCTAssertEqual(address.locality, "TONGEREN")
        XCTAssertNil(address.country)
    }

    func testReadsAddressAsAStringThatHoldsJSON() throws {
        let set = try claims(
            .address, #""{\"street_address\":\"Jekerstraat 39\\nbus 2\",\"country\":\"be\",\"unknown\":1}""#)
        let address = try XCTUnwrap(set[.address]?.value)
        XCTAssertEqual(address.streetAddress, "Jekerstraat 39\nbus 2")
        XCTAssertEqual(address.country, "be")
    }

    func testRefusesAddressesOfOtherForms() throws {
        try assertMalformed(.address, #""Jekerstraat 39""#)
        try assertMalformed(.address, #""""#)
        try assertMalformed(.address, #""[]""#)
        try assertMalformed(.address, #""\"{}\"""#)
        try assertMalformed(.address, #""{\"locality\":\"a\",\"locality\":\"b\"}""#)
    }

    func testReadsDeviceAsAnObject() throws {
        let set = try claims(
            .device,
            #"""
            {"os":"ANDROID","appName":"be.bmid.itsme","appRelease":"4.0.0","deviceLabel":"lucye","debugEnabled":false,
             "deviceId":"c22de2331dd2","osRelease":"9","manufacturer":"LGE","deviceLockLevel":"true","rooted":false,
             "deviceModel":"LG-H870","msisdn":"0032485694175"}
            """#)
        let device = try XCTUnwrap(set[.device]?.value)
        XCTAssertEqual(device.os, "ANDROID")
        XCTAssertEqual(device.appName, "be.bmid.itsme")
        XCTAssertEqual(device.appRelease, "4.0.0")
        XCTAssertEqual(device.label, "lucye")
        XCTAssertEqual(device.isDebugEnabled, false)
        XCTAssertEqual(device.deviceID, "c22de2331dd2")
        XCTAssertEqual(device.osRelease, "9")
        XCTAssertEqual(device.manufacturer, "LGE")
        XCTAssertEqual(device.lockLevel, "true")
        XCTAssertEqual(device.isRooted, false)
        XCTAssertEqual(device.model, "LG-H870")
        XCTAssertEqual(device.phoneNumber?.e164, "+32485694175")
    }

    func testReadsDeviceAsAStringWithBooleansAsStrings() throws {
        let set = try claims(
            #"""
            {"tag:sixdots.be,2017-05:claim_device":"{\"rooted\":\"false\",\"debugEnabled\":\"true\",\"deviceID\":\"d1\",\"smsEnabled\":\"true\",\"hasSimEnabled\":true,\"imei\":\"12345678901234567\",\"sdkRelease\":\"1.17.12\",\"deviceLockLevel\":true}"}
            """#)
        let device = try XCTUnwrap(set[.device]?.value)
        XCTAssertEqual(device.isRooted, false)
        XCTAssertEqual(device.isDebugEnabled, true)
        XCTAssertEqual(device.deviceID, "d1")
        XCTAssertEqual(device.isSMSEnabled, true)
        XCTAssertEqual(device.isSIMEnabled, true)
        XCTAssertEqual(device.imei, "12345678901234567")
        XCTAssertEqual(device.sdkRelease, "1.17.12")
        XCTAssertEqual(device.lockLevel, "true")
    }

    func testReadsTheOtherSpellingWhenTheFirstIsOdd() throws {
        let device = try claims(.device, #"{"deviceId":null,"deviceID":"d1"}"#)[.device]?.value
        XCTAssertEqual(device?.deviceID, "d1")
    }

    func testReadsBooleansAlsoAsStrings() throws {
        for claim in [Claim<Bool>.emailVerified, .phoneNumberVerified, .ageAtLeast18, .ongoingCall] {
            XCTAssertEqual(try claims(claim, "true")[claim], true)
            XCTAssertEqual(try claims(claim, "false")[claim], false)
            XCTAssertEqual(try claims(claim, #""true""#)[claim], true)
            XCTAssertEqual(try claims(claim, #""false""#)[claim], false)
            for wrong in [#""TRUE""#, #""1""#, "1", "0", #""""#, #""yes""#, "{}"] {
                try assertMalformed(claim, wrong)
            }
        }
    }

    func testReadsLocaleInBothCases() throws {
        XCTAssertEqual(try claims(.locale, #""NL""#)[.locale], .dutch)
        XCTAssertEqual(try claims(.locale, #""nl""#)[.locale], .dutch)
    }

    func testKeepsUnknownValuesOfOpenSets() throws {
        XCTAssertEqual(try claims(.gender, #""X""#)[.gender]?.value.rawValue, "X")
        XCTAssertEqual(try claims(.gender, #""n/a""#)[.gender]?.value, .notApplicable)
        XCTAssertEqual(try claims(.identificationMode, #""NFC""#)[.identificationMode]?.rawValue, "NFC")
        XCTAssertEqual(try claims(.identificationMode, #""a2a""#)[.identificationMode], .appToApp)
        let account = try claims(.account, #"{"activationMechanism":"VIDEO"}"#)[.account]?.value
        XCTAssertEqual(account?.activationMechanism?.rawValue, "VIDEO")
    }

    func testReadsMetadataKeyedByTheAttribute() throws {
        let set = try claims(
            .verificationDate,
            #"""
            {"birthdate":"2023-06-01T13:04:26Z","http://itsme.services/v2/claim/BENationalNumber":"2023-06-01T13:04:26.5Z",
             "tag:sixdots.be,2017-05:claim_photo":"2023-06-01T13:04:26"}
            """#)
        let dates = try XCTUnwrap(set[.verificationDate]?.value)
        XCTAssertEqual(dates[.birthdate]?.hasTimeZone, true)
        XCTAssertEqual(dates[.nationalNumber]?.date.timeIntervalSince1970, 1_685_624_666.5)
        XCTAssertEqual(dates[.photo]?.hasTimeZone, false, "the legacy name is found as well")
        XCTAssertNil(dates[.gender])
        XCTAssertEqual(dates["birthdate"], dates[.birthdate])
    }

    func testRefusesMetadataThatIsNotKeyed() throws {
        try assertMalformed(.verificationDate, #""2023-06-01T13:04:26Z""#)
        try assertMalformed(.verificationDate, "null")
        try assertMalformed(.issuingCountry, #""BEL""#)
        try assertMalformed(.issuanceLocality, #"["TONGEREN"]"#)
    }

    func testReadsTheLegacyIdentityCard() throws {
        let sample = try Claim.legacyEID.sample()
        let card = try XCTUnwrap(try claims(.legacyEID, sample)[.legacyEID]?.value)
        XCTAssertEqual(card.cardNumber, "591234567829")
        XCTAssertEqual(card.issuanceLocality, "Tongeren")
        XCTAssertEqual(card.validityFrom?.calendarDate, CalendarDate("2018-11-08"))
        XCTAssertEqual(card.validityTo?.calendarDate, CalendarDate("2028-11-10"))
        XCTAssertEqual(card.readDate?.hasTimeZone, true)
        XCTAssertEqual(card.nationalNumber?.birthDate, CalendarDate("1985-01-02"))
        XCTAssertEqual(card.nationalNumber?.sex, .female)
        XCTAssertNotNil(card.certificateValidity)
    }

    func testReadsTransactionAppAndPlace() throws {
        let info = try XCTUnwrap(
            try claims(.transactionInfo, #"{"securityLevel":"SIM_AND_SOFT","bindLevel":"SIM_ONLY","mcc":206}"#)[
                .transactionInfo])
        XCTAssertEqual(info.securityLevel, .simAndSoftware)
        XCTAssertEqual(info.bindLevel, .simOnly)
        XCTAssertEqual(info.mobileCountryCode, 206)
        let app = try claims(.app, #"{"appInstalledDate":"2023-06-01T13:04:26.123Z","appName":"itsme"}"#)[.app]?.value
        XCTAssertEqual(app?.name, "itsme")
        XCTAssertEqual(app?.installedDate?.calendarDate, CalendarDate("2023-06-01"))
        XCTAssertNil(app?.release)
        let place = try claims(.placeOfBirth, #"{"formatted":"Brussels","city":"Brussels"}"#)[.placeOfBirth]?.value
        XCTAssertEqual(place, PlaceOfBirth(formatted: "Brussels", city: "Brussels"))
    }
}
