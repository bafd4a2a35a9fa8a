/// An authorization request that waits for a person.
struct PendingSignIn: Sendable {
    /// How far it is.
    enum Stage: Sendable {
        /// Nobody said who they are.
        case open
        /// The request is on this person's phone.
        case asked(Persona)
        /// This person answered. What they did is in ``Persona/answer``.
        case answered(Persona)
    }

    /// The identifier in the forms and in the QR code.
    let id: String
    let request: AuthorizationRequest
    /// Seconds since 1970.
    let startedAt: Double
    var stage = Stage.open
}
