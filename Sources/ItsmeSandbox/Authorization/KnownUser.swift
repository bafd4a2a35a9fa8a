import JOSE

/// The user that a Confirmation is meant for, as the relying party names them.
struct KnownUser: Sendable {
    /// The `sub` that this client knows them by.
    var subject: String?
    /// Their phone number, in the first generation.
    var phoneNumber: String?

    /// Reads the values of `sub` and, where the generation has it, `phone_number`; `nil` when there is neither.
    ///
    /// Only the `userinfo` member counts; in `id_token` they are ignored.
    init?(_ claims: ClaimsParameter, profile: ProfileNames) {
        func value(_ name: String) -> String? { claims.userInfo.first { $0.name == name }?.values.first }
        subject = value("sub")
        phoneNumber = profile.knowsUsersByPhoneNumber ? value("phone_number") : nil
        if subject == nil, phoneNumber == nil { return nil }
    }

    /// Whether `persona` is that user at this client.
    func isMet(by persona: Persona, clientID: String) -> Bool {
        if let subject {
            guard let own = try? persona.subject(clientID: clientID), own.isExactly(subject) else { return false }
        }
        if let phoneNumber {
            guard case .string(let own) = persona.claims["phone_number"], Self.digits(own) == Self.digits(phoneNumber)
            else { return false }
        }
        return true
    }

    /// The digits without international prefix: numbers were written in more than one way.
    private static func digits(_ number: String) -> Substring {
        let digits = Substring(number.filter { $0.isASCII && $0.isNumber })
        return digits.hasPrefix("00") ? digits.dropFirst(2) : digits
    }
}
