import JOSE

/// What a person does with a request, and the situation they are in.
///
/// The raw value is the name in the URL of an authorization request, beside `approve`:
/// `&approve=belgian-eid&behaviour=basic-only`.
public enum SandboxBehaviour: String, Sendable, Hashable, CaseIterable {
    /// Approves it.
    case approves = "approve"
    /// Cancels it: the relying party gets `access_denied`.
    case cancels = "cancel"
    /// Does not answer until itsme gives up; see ``Persona/Answer/timesOut``.
    case timesOut = "time-out"
    /// Approves it during a phone call, perhaps with a fraudster: the claim `ongoing_call` is true.
    case ongoingCall = "ongoing-call"
    /// Approves it with a new itsme account: the same data, another `sub`.
    case newAccount = "new-account"
    /// Approves it without an itsme code: the answer is `acr_basic`, even if `acr_advanced` was requested.
    case basicOnly = "basic-only"
}

extension Persona {
    /// The same person with another behaviour.
    ///
    /// ```swift
    /// browser.persona = Persona.belgianEID.behaving(.ongoingCall)
    /// ```
    public func behaving(_ behaviour: SandboxBehaviour) -> Persona {
        var person = self
        switch behaviour {
        case .approves: person.answer = .approves
        case .cancels: person.answer = .cancels
        case .timesOut: person.answer = .timesOut
        case .ongoingCall: person.claims[SandboxClaims.prefix + "ongoing_call"] = true
        case .newAccount: person.account += " (new)"
        case .basicOnly: person.canUseAdvanced = false
        }
        return person
    }

    /// Whether the person is in a phone call.
    var isOnCall: Bool { claims[SandboxClaims.prefix + "ongoing_call"] == true }

    /// The name, without what makes the person special.
    var name: String { title.split(separator: ",", maxSplits: 1).first.map(String.init) ?? title }

    /// What makes the person special; empty if the title does not say it.
    var speciality: String {
        guard let comma = title.firstIndex(of: ",") else { return "" }
        return String(title[title.index(after: comma)...].drop { $0 == " " })
    }

    /// The initials of the first two words of the name.
    var initials: String { String(name.split(separator: " ").prefix(2).compactMap(\.first)) }

    /// The phone number, as the claim of that name has it; `nil` for a person without one.
    var phoneNumber: String? {
        if case .string(let number) = claims["phone_number"] { number } else { nil }
    }

    /// Whether `text` is the person's phone number: international, or Belgian with a leading 0.
    func hasPhoneNumber(_ text: String) -> Bool {
        guard let phoneNumber else { return false }
        let own = phoneNumber.filter(\.isNumber)
        let digits = text.filter(\.isNumber)
        if digits.hasPrefix("00") { return digits.dropFirst(2) == own }
        return digits == own || digits.hasPrefix("0") && "32" + digits.dropFirst() == own
    }

    /// The same person, found by `mode`: `MSISDN` for a phone number, `QR` for a QR code.
    func identified(by mode: String) -> Persona {
        var person = self
        person.claims[SandboxClaims.prefix + "identification_mode"] = .string(mode)
        return person
    }
}
