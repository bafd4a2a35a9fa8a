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
}
