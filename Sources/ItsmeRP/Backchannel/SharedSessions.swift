#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import JOSE
import Logging

/// Sessions that any process of a service can poll: sealed records in a store, changed by compare and swap.
///
/// Whoever polls first takes the turn: a lease, which ends by itself if the process dies. Afterwards it settles the turn:
/// it writes the next date, or that the final answer was received.
struct SharedSessions<Session: PolledSession>: Sendable {
    /// A little longer than one HTTP request may take.
    private static var lease: Duration { HTTPLimits().totalTimeout + .seconds(5) }
    /// How long a record stays after its end, so that a clock that is ahead does not lose it.
    private static var afterlife: Duration { .seconds(60) }
    /// The most tries of a compare and swap. Only pings and turns change a record, so there are few.
    private static var maximumTries: Int { 16 }

    let client: ItsmeClient
    let store: any StateStore
    let sealer: Sealer

    /// What the store holds.
    struct Record: Sendable {
        var session: Session
        var pace: PollingPace.Snapshot
        /// Counts the turns that were taken.
        var turn: Int64 = 0
        /// Whether the turn is not settled. After the lease, another process may take the next one.
        var isTaken = false
        /// Whether a ping arrived during the turn.
        var isPinged = false
        var version = 0

        var members: [JSONValue.Member] {
            session.json(pace: pace) + [
                JSONValue.Member(
                    name: "k", value: ["t": .integer(turn), "h": .bool(isTaken), "g": .bool(isPinged)])
            ]
        }
    }

    enum Turn {
        /// Poll ``Record/session``, then settle.
        case granted(Record)
        case notYet(Record, Duration)
    }

    private var time: TimeSource { client.configuration.time }

    private static func key(_ identifier: String) -> String {
        (Session.phase == .userDiscovery ? "discovery/" : "backchannel/") + identifier
    }

    /// The key of an identifier that may come from outside.
    private static func checkedKey(_ identifier: String) throws -> String {
        guard identifier.utf8.count == 43, (try? Base64URL.decode(identifier)) != nil else { throw expired() }
        return key(identifier)
    }

    private static func expired() -> ItsmeError { ItsmeClient.backchannelExpired(phase: Session.phase) }

    // MARK: Records

    func keep(_ session: Session) async throws {
        try client.requireOwn(issuer: session.issuer, clientID: session.clientID, phase: Session.phase)
        let record = Record(session: session, pace: session.pace.snapshot)
        let text = try sealer.seal(session, json: record.members)
        // If it is there already, a call whose answer was lost has stored it.
        _ = try await ItsmeError.ofStore(.store) {
            try await store.insert(
                text, for: Self.key(session.identifier), until: session.expiresAt.adding(Self.afterlife))
        }
    }

    private func record(_ value: StateValue, _ identifier: String) throws -> Record {
        guard let json = sealer.open(value.text, as: Session.content),
            let pace = PollingPace.Snapshot(json: json["p"]),
            let session = Session(json: json, pace: pace, time: time),
            // Records cannot take each other's place in the store.
            session.identifier == identifier,
            let turn = json["k"]?["t"]?.integer, (0..<Int64(Int32.max)).contains(turn),
            let isTaken = json["k"]?["h"]?.bool, let isPinged = json["k"]?["g"]?.bool
        else { throw ItsmeError(.backchannelUnreadable, Session.phase) }
        try client.requireOwn(issuer: session.issuer, clientID: session.clientID, phase: Session.phase)
        return Record(
            session: session, pace: pace, turn: turn, isTaken: isTaken, isPinged: isPinged, version: value.version)
    }

    /// - Throws: `backchannel_expired` if there is none.
    private func record(_ identifier: String) async throws -> Record {
        let value = try await ItsmeError.ofStore(.store) { try await store.value(for: Self.checkedKey(identifier)) }
        guard let value else { throw Self.expired() }
        return try record(value, identifier)
    }

    /// Whether the record was written, because nobody else had changed it.
    private func write(_ record: Record) async throws -> Bool {
        let text = try sealer.seal(record.session, json: record.members)
        return try await ItsmeError.ofStore(.store) {
            try await store.replace(text, for: Self.key(record.session.identifier), version: record.version)
        }
    }

    // MARK: Turns

    /// Takes the turn if it has come.
    ///
    /// - Parameter waited: The version for whose turn the caller has waited by its monotonic clock. Its date then does not
    ///   count.
    func takeTurn(_ identifier: String, waited: Int? = nil) async throws -> Turn {
        var record = try await record(identifier)
        for _ in 0..<Self.maximumTries {
            guard !record.pace.isCompleted else { throw ItsmeClient.backchannelCompleted(phase: Session.phase) }
            let now = time.now()
            guard now < record.session.expiresAt else { throw Self.expired() }
            let delay = record.version == waited ? .zero : record.pace.delay(at: now)
            guard delay == .zero else { return .notYet(record, delay) }
            var taken = record
            taken.turn += 1
            (taken.isTaken, taken.isPinged) = (true, false)
            (taken.pace.wait, taken.pace.nextTurn) = (Self.lease, now.adding(Self.lease))
            if try await write(taken) {
                taken.version += 1
                // This process has the turn, so its session may poll now.
                record.pace.nextTurn = now
                taken.session.pace = PollingPace(
                    record.pace, remaining: .seconds(record.session.expiresAt.timeIntervalSince(now)), time: time)
                return .granted(taken)
            }
            record = try await self.record(identifier)
        }
        return .notYet(record, .seconds(1))
    }

    /// Polls in a turn and settles it. The final answer goes to the caller even if the store does not answer.
    func poll<Answer: Sendable>(
        in turn: Record, _ ask: @Sendable (Session) async throws -> (answer: Answer, session: Session)
    ) async throws -> Answer {
        let result: Result<(answer: Answer, session: Session), any Error>
        do {
            result = .success(try await ask(turn.session))
        } catch {
            result = .failure(error)
        }
        let isFinal = turn.session.pace.isCompleted
        let session = (try? result.get())?.session ?? turn.session
        do {
            // Also if the caller was cancelled: others wait for it.
            try await Task { try await settle(turn, session) }.value
        } catch  where isFinal {
            client.configuration.logger.warning(
                "the final answer of a backchannel session could not be stored",
                metadata: ["itsme.error_type": "\(type(of: error))"])
        } catch {
            _ = try result.get()
            throw error
        }
        return try result.get().answer
    }

    /// Writes the outcome of a turn.
    private func settle(_ turn: Record, _ session: Session) async throws {
        let outcome = session.pace.snapshot
        var current = turn
        for _ in 0..<Self.maximumTries {
            var settled = current
            if current.turn == turn.turn {
                (settled.session, settled.pace, settled.isTaken) = (session, outcome, false)
                // The answer came after the poll.
                if current.isPinged { settled.allowTurn(at: time.now()) }
            } else {
                // The lease was over, and another process has the turn: nothing of it is undone.
                settled.pace.interval = max(current.pace.interval, outcome.interval)
                settled.pace.isCompleted = outcome.isCompleted
            }
            if try await write(settled) { return }
            do {
                current = try await record(turn.session.identifier)
            } catch let error as ItsmeError where error.code == .backchannelExpired {
                return
            }
            if current.pace.isCompleted { return }
        }
        throw ItsmeError.storeUnavailable("the record changed too often", .store)
    }

    // MARK: Waiting

    /// What a waiting task remembers between two looks into the store. It is small, because there may be many.
    struct Watch {
        var version = 0
        /// The uptime of the next turn, so that a wrong date of another machine delays it by one wait at most.
        var turn: Duration = .zero
        var end: Duration = .zero
        /// Whether another process may change the turn.
        var isShared = false
    }

    /// Looks into the store; returns how long to wait until the next look, zero if the turn has come.
    func look(_ identifier: String, _ watch: inout Watch) async throws -> Duration {
        do {
            return try update(&watch, try await store.value(for: Self.checkedKey(identifier)), identifier)
        } catch {
            return try delay(after: ItsmeError.storeFailure(error, .store), watch)
        }
    }

    // Not asynchronous, so that a waiting task keeps none of the variables.

    private func update(_ watch: inout Watch, _ value: StateValue?, _ identifier: String) throws -> Duration {
        guard let value else { throw Self.expired() }
        if value.version != watch.version {
            let record = try record(value, identifier)
            guard !record.pace.isCompleted else { throw ItsmeClient.backchannelCompleted(phase: Session.phase) }
            let (now, uptime) = (time.now(), time.uptime())
            watch = Watch(
                version: value.version, turn: uptime + record.pace.delay(at: now),
                end: uptime + min(.seconds(record.session.expiresAt.timeIntervalSince(now)), Session.longestLife),
                isShared: record.isTaken || record.session.canBePinged)
        }
        let uptime = time.uptime()
        guard uptime < watch.end else { throw Self.expired() }
        guard uptime < watch.turn else { return .zero }
        let delay = min(watch.turn, watch.end) - uptime
        return watch.isShared ? min(delay, .seconds(1)) : delay
    }

    /// If the store is down, whoever has found the session once looks again.
    private func delay(after error: any Error, _ watch: Watch) throws -> Duration {
        guard (error as? ItsmeError)?.code == .storeUnavailable, watch.version > 0 else { throw error }
        guard time.uptime() < watch.end else { throw Self.expired() }
        return .seconds(1)
    }

    // MARK: Pings

    enum Ping {
        /// Unknown, or the bearer token is wrong.
        case refused
        /// The final answer was received before.
        case late
        /// The next turn is now.
        case taken
    }

    /// Allows the next turn at once, if `isAuthentic` says that itsme has announced an answer of the session.
    func ping(_ identifier: String, _ isAuthentic: (Session) -> Bool) async throws -> Ping {
        for _ in 0..<Self.maximumTries {
            var record: Record
            do {
                record = try await self.record(identifier)
            } catch let error as ItsmeError where error.code == .backchannelExpired {
                return .refused
            }
            guard isAuthentic(record.session) else { return .refused }
            guard !record.pace.isCompleted else { return .late }
            if record.isTaken {
                guard !record.isPinged else { return .taken }
                record.isPinged = true
            } else {
                record.allowTurn(at: time.now())
            }
            if try await write(record) { return .taken }
        }
        throw ItsmeError.storeUnavailable("the record changed too often", .store)
    }
}

extension SharedSessions.Record {
    mutating func allowTurn(at now: Date) {
        (pace.nextTurn, isPinged) = (min(pace.nextTurn, now), false)
    }
}
