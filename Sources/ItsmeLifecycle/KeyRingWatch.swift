#if ServiceLifecycle
    import ItsmeRP
    import JOSE
    import Logging

    #if canImport(FoundationEssentials)
        import FoundationEssentials
    #else
        import Foundation
    #endif

    /// Adopts new states of a client's key ring, and logs what an operator has to do about it, once.
    struct KeyRingWatch {
        private let keys: ClientKeyRing
        private let logger: Logger
        private let read: (@Sendable () async throws -> KeyRing)?

        /// What was logged last about a ring that cannot be used.
        private var problem: String?
        /// The due steps that were logged.
        private var announced: Set<RotationStep> = []

        init(_ keys: ClientKeyRing, logger: Logger, read: (@Sendable () async throws -> KeyRing)?) {
            self.keys = keys
            self.logger = logger
            self.read = read
        }

        mutating func check(at now: Date) async {
            if let read { await adopt(read) }
            announceSteps(at: now)
        }

        private mutating func adopt(_ read: @Sendable () async throws -> KeyRing) async {
            do {
                let ring = try await read()
                if try keys.adopt(ring) {
                    logger.notice("a new key ring is in use", metadata: ["itsme.keys.revision": "\(ring.revision)"])
                }
                if problem != nil { logger.notice("the key ring can be read again") }
                problem = nil
            } catch {
                // The closure was cancelled.
                guard !Task.isCancelled else { return }
                report(error)
            }
        }

        private mutating func report(_ thrown: any Error) {
            let error = thrown as? ItsmeError
            let current = error.map { "\($0)" } ?? "\(type(of: thrown))"
            guard current != problem else { return }
            problem = current
            var metadata: Logger.Metadata = error?.metadata ?? [:]
            if error == nil { metadata["itsme.error_type"] = "\(type(of: thrown))" }
            logger.log(
                level: error?.logLevel ?? .error, "the key ring cannot be read; the one in use stays",
                metadata: metadata
            )
        }

        private mutating func announceSteps(at now: Date) {
            let ring = keys.ring
            // A rotation that was not begun is not due.
            let due = [ring.nextStep(for: .signature), ring.nextStep(for: .encryption)]
                .filter { $0.action != .begin && $0.isDue(at: now) }
            for step in due where !announced.contains(step) {
                logger.warning(
                    "a step of a key rotation is due",
                    metadata: [
                        "itsme.keys.use": "\(step.use.rawValue)", "itsme.keys.step": "\(step.action.rawValue)",
                        "itsme.remedy": "Take it with `itsme keys rotate`, or with KeyRing.advance(_:at:).",
                    ])
            }
            announced = Set(due)
        }
    }
#endif
