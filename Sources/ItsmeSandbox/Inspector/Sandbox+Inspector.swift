#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

// What a developer sees and changes while the sandbox runs. The pages and the HTTP interface do the same.

extension Sandbox {
    /// The logins that the recorded requests belong to, the newest first.
    ///
    /// ```swift
    /// for step in sandbox.sessions.first?.exchanges ?? [] { print(step.title) }
    /// ```
    public var sessions: [SandboxSession] { core.recorder.sessions }

    /// Forgets codes, tokens, waiting logins, recorded requests, refusals, faults, queued answers and the copies of JWK Sets,
    /// and sets the clock back. The registrations and the sandbox's keys stay.
    public func reset() async { await core.reset() }

    // MARK: Clients

    /// The registered clients, in the order of their client ids.
    public var clients: [ClientRegistration] { core.registeredClients }

    /// Removes a registration. Codes and tokens of the client no longer work. `false` when there is none.
    @discardableResult
    public func removeClient(_ clientID: String) -> Bool { core.removeClient(clientID) }

    // MARK: Answers

    /// Lets a persona answer the next authorization request at once, without a page.
    ///
    /// - Parameters:
    ///   - persona: The ``Persona/id`` of one of ``personas``.
    ///   - behaviour: What the person does.
    ///   - clientID: The client whose request is meant; `nil` for any.
    /// - Returns: `false` when there is no such persona.
    @discardableResult
    public func queueAnswer(
        of persona: String, behaving behaviour: SandboxBehaviour = .approves, to clientID: String? = nil
    ) -> Bool {
        guard let persona = core.persona(persona) else { return false }
        let choice = PersonChoice(persona: persona, behaviour: behaviour)
        core.answers.append(QueuedAnswer(choice: choice, clientID: clientID))
        return true
    }

    /// Forgets the answers that wait for an authorization request.
    public func removeQueuedAnswers() { core.answers.removeAll() }

    // MARK: Clock

    /// What the sandbox's clock shows: ``SandboxConfiguration/now``, and how far it was moved.
    public var now: Date { Date(timeIntervalSince1970: core.now) }

    /// Moves the clock, forward or back; that of the client stays. ``SandboxClock/advance(by:)`` moves both. `false` when
    /// the sandbox's clock would then show a time outside the years 1970 to 9999.
    @discardableResult
    public func advanceClock(by duration: Duration) -> Bool { core.clock.advance(by: duration / .seconds(1)) }

    /// Sets the clock, which goes on from there. `false` as for ``advanceClock(by:)``.
    @discardableResult
    public func setClock(to date: Date) -> Bool { core.clock.set(to: date.timeIntervalSince1970) }

    /// Makes the clock that of ``SandboxConfiguration/now`` again.
    public func resetClock() { core.clock.reset() }
}
