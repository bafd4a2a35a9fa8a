#if Tool
    import Foundation
    import ItsmeRP

    /// What itsme said about a person, in words for people.
    struct DemoPerson: Sendable {
        let subject: String
        /// The name to greet with.
        let name: String
        let authenticationContextClass: String
        let rows: [Row]

        struct Row: Sendable {
            let label: String
            let text: String
        }

        /// - Throws: ``ItsmeError`` when the two are about different people.
        init(idToken: IDToken, userInfo: UserInfo?) throws {
            let claims = try userInfo?.claims(mergedInto: idToken) ?? idToken.claims
            subject = idToken.subject
            name = claims[.name]?.value ?? "somebody"
            authenticationContextClass = idToken.authenticationContextClass ?? "none"
            let rows: [(String, String?)] = [
                ("Name", claims[.name]?.value),
                ("Date of birth", claims[.birthdate]?.value.date.map(Self.text)),
                ("Place of birth", claims[.placeOfBirth]?.value.formatted),
                ("National number", claims[.nationalNumber]?.value.formatted),
                ("Citizen of", claims[.citizenshipCode].map { Self.country($0.value) }),
                ("Address", claims[.address]?.value.formatted),
                ("Phone number", claims[.phoneNumber]?.value.text),
                ("E-mail address", claims[.email].map { "\($0.value.text) (not verified by itsme)" }),
                ("On the phone while approving", claims[.ongoingCall].map { $0 ? "yes: be careful" : "no" }),
                ("Approved with", idToken.authenticationLevel.map(Self.text)),
            ]
            self.rows = rows.compactMap { label, text in text.map { Row(label: label, text: $0) } }
        }

        private static func text(_ date: CalendarDate) -> String {
            "\(date.day) \(english.monthSymbols[date.month - 1]) \(date.year)"
        }

        private static func country(_ code: CountryCode) -> String {
            code.alpha2.flatMap { english.locale?.localizedString(forRegionCode: $0) } ?? code.rawValue
        }

        private static func text(_ level: AuthenticationLevel) -> String {
            switch level {
            case .basic: "a fingerprint, a face or the itsme code"
            case .advanced: "the itsme code"
            }
        }

        private static let english: Calendar = {
            var calendar = Calendar(identifier: .gregorian)
            calendar.locale = Locale(identifier: "en")
            return calendar
        }()
    }
#endif
