import HTTPTypes
import ItsmeRP
import JOSE

extension FuzzTarget {
    /// UserInfo, and every typed claim of the catalogue. The first byte says what the rest is.
    static let userInfo = FuzzTarget(
        name: "userinfo", maximumSize: 8192,
        seeds: {
            let subject = #""sub":"\#(FuzzWorld.subject)""#
            // Every claim as itsme sends it.
            let samples = try JSON(parsing: FuzzKeys.bytes("claims/every-claim.json")).members ?? []
            let every = samples.filter { $0.name != "sub" }.map { #""\#($0.name)":\#($0.value.text)"# }
            return [
                Chosen.seed("0", try own.get()), Chosen.seed("1", "{\(subject)}"),
                Chosen.seed(
                    "1",
                    #"{\#(subject),"iss":"\#(FuzzWorld.issuer)","aud":"\#(FuzzWorld.clientID)","exp":1800000100,"nbf":1}"#
                ),
                Chosen.seed("1", "{\(subject),\(every.joined(separator: ","))}"),
            ] + samples.map { Chosen.seed("2", $0.value.text) }
        },
        check: { input in
            guard let input = Chosen(input) else { return }
            let world = try FuzzWorld.shared.get()
            switch input.form {
            case "0":
                let person = try person(input.rest, in: world)
                try expect(person == nil || input.rest == Array(own.get().utf8), "UserInfo of nobody's was accepted")
            case "1":
                let token = try TokenForm.direct(Array(TokenForm.sharedJWS(input.rest).utf8))
                guard let person = try person(Array(token.utf8), in: world) else { return }
                guard let members = Witness.object(input.rest) else { throw Finding("UserInfo is no JSON object") }
                try expect(members["sub"] as? String == FuzzWorld.subject, "UserInfo is about another person")
                try expect(members["nonce"] == nil && members["at_hash"] == nil, "an ID token passed for UserInfo")
                try expect(members["iss"].map { $0 as? String == FuzzWorld.issuer } ?? true, "iss is another one")
                try readClaims(person.claims)
            case "2":
                guard let json = try? JSON(parsing: input.rest) else { return }
                for claim in ClaimCatalogue.all { try read(claim, json) }
                try readTexts(json.string ?? "")
            default: break
            }
        })

    /// What itsme really issued.
    private static let own = Result {
        let claims = Array(#"{"sub":"\#(FuzzWorld.subject)"}"#.utf8)
        return try TokenForm.direct(Array(TokenForm.sharedJWS(claims).utf8))
    }

    private static func person(_ body: [UInt8], in world: FuzzWorld) throws -> UserInfo? {
        guard let tokens = try loggedIn.get() else { throw Finding("the good token is refused") }
        world.transport.answer(body, fields: [.contentType: "application/jwt"])
        let client = world.client
        return try? failure { try await client.userInfo(for: tokens) }.get()
    }

    private static let loggedIn = Result {
        let world = try FuzzWorld.shared.get()
        return world.tokens(
            try TokenForm.direct(Array(TokenForm.sharedJWS(world.idTokenClaims.serialized()).utf8)))
    }

    /// Reads every typed claim there is: each is a value or an error that names the claim.
    static func readClaims(_ claims: ClaimSet) throws {
        for claim in ClaimCatalogue.all {
            for name in [claim.name, claim.legacyName].compactMap({ $0 }) {
                if let json = claims.raw(name) { try read(claim, json) }
            }
        }
        _ = claims[.nationalNumber].map { ($0.value.birthDate, $0.value.sex, $0.value.formatted, $0.value.isBIS) }
    }

    private static func read(_ claim: any CatalogueClaim, _ json: JSON) throws {
        let value: any Sendable
        do throws(ClaimError) {
            value = try claim.decode(json)
        } catch {
            try expect(error.claim == claim.name, "the error is about another claim")
            return
        }
        if claim.isPersonal { try expect("\(value)" == "<personal>", "a personal value shows itself") }
        if let date = (value as? Personal<Birthdate>)?.value {
            try expect(Birthdate(date.description) == date, "a date of birth changes when it is written")
        }
    }

    /// What values make of text that comes in no claim.
    private static func readTexts(_ text: String) throws {
        if let date = CalendarDate(text) {
            try expect(CalendarDate(date.description) == date, "a date changes when it is written")
            _ = date.age(on: date)
        }
        if let date = Birthdate(text) {
            try expect(Birthdate(date.description) == date, "a date of birth changes when it is written")
            try expect(date.date.map { Birthdate($0) == date } ?? true, "a date of birth is another day")
        }
        if let number = PhoneNumber(text)?.e164 {
            try expect(PhoneNumber(number)?.e164 == number, "a phone number changes when it is written")
        }
        if let number = BelgianNationalNumber(text) {
            _ = (number.birthDate, number.sex, number.isBIS)
            try expect(BelgianNationalNumber(number.formatted) == number, "a number changes when it is written")
        }
        if let instant = Timestamp(text) { _ = CalendarDate(instant.date) }
        _ = (EmailAddress(text), CountryCode(rawValue: text))
        _ = try? IBAN(text).formatted
        _ = try? FreeText(text)
        _ = try? FreeText(transliterating: text)
    }
}
