#if Tool
    import Foundation
    import ItsmeRP
    import JOSE

    /// Takes steps of a rotation on a private key file.
    struct KeyRotation {
        /// The steps that a user can ask for; see ``KeyRing``.
        enum Step: String, CaseIterable {
            case begin
            case proceed = "continue"
            case revert
            case cancel
            case replaceCompromised = "replace-compromised"
        }

        struct Outcome {
            /// The ring after the step; nil if the step was not taken.
            var ring: KeyRing?
            /// Whether the step is refused only because it is too early.
            var isTooEarly = false
        }

        let file: KeyFile
        let use: KeyUse
        let dialogue: any KeyDialogue
        let now: Date

        /// Takes a step, stores the ring, and prints the next steps. Asks before a step that makes logins fail.
        ///
        /// - Parameter newKey: Returns the next key; called only if the step needs one.
        func take(_ step: Step, newKey: () throws -> JWK) throws -> Outcome {
            guard !file.holdsPublicKeysOnly else {
                throw ToolFailure(
                    "\(file.path): this is a public JWK Set, but the private keys are needed. Give the private key file."
                )
            }
            if step == .replaceCompromised, use == .signature, dialogue.isInteractive {
                dialogue.say("LOGINS FAIL after this step, until itsme has read the new set.")
                guard try dialogue.confirm("Replace the signing key now?") else {
                    throw ToolFailure(
                        "\(file.path): nothing was changed. To replace the key by the steps of a rotation, begin one.")
                }
            }
            var outcome = Outcome()
            var changesPublicKeys = false
            var dropsNextKey = false
            do {
                // Gets the key before the file is locked, because this may ask a person or take seconds.
                let key = step == .begin || step == .replaceCompromised ? try newKey() : nil
                try file.update { contents in
                    let old = try KeyRing(parsing: contents)
                    var ring = old
                    try apply(step, to: &ring, key)
                    changesPublicKeys = try PublicKeyFile.text(old) != PublicKeyFile.text(ring)
                    dropsNextKey = old.entries.contains { $0.use == use && $0.role == .next }
                    outcome.ring = ring
                    return try ring.serialized()
                }
            } catch let error as ItsmeError {
                guard step == .proceed, error.code == .rotationTooEarly else {
                    throw ToolFailure(file.path, error)
                }
                outcome = Outcome(ring: nil, isTooEarly: true)
                dialogue.say("Not yet: \(error.reason). \(error.remedy)")
                return outcome
            }
            guard let ring = outcome.ring else { return outcome }
            KeyRingSummary(ring: ring, file: file.path, now: now).lines.forEach(dialogue.say)
            dialogue.say("Now let every instance load the file.")
            dialogue.say(
                changesPublicKeys
                    ? "The public keys changed: if you publish them as a file, publish it again."
                    : "The public keys did not change.")
            if step == .replaceCompromised {
                if dropsNextKey { dialogue.say("The next key, which was prepared for a rotation, was dropped too.") }
                dialogue.say(
                    """
                    LOGINS FAIL from now on, until itsme has read the new set: up to \(ring.timing.cacheLifetime.inWords). \
                    Publish it now, then ask itsme to read it again.
                    """)
            }
            return outcome
        }

        private func apply(_ step: Step, to ring: inout KeyRing, _ key: JWK?) throws {
            switch (step, use) {
            case (.begin, .signature):
                if let key { try ring.beginSigningRotation(with: key, at: now) }
            case (.begin, _):
                if let key { try ring.beginEncryptionRotation(with: key, at: now) }
            case (.proceed, _):
                guard ring.nextStep(for: use).action != .begin else {
                    throw ToolFailure("there is no rotation to continue. Start one with begin.")
                }
                try ring.advance(use, at: now)
            case (.revert, .signature): try ring.revertSigningRotation(at: now)
            case (.cancel, .signature): try ring.cancelSigningRotation()
            case (.cancel, _): try ring.cancelEncryptionRotation()
            case (.replaceCompromised, .signature): try ring.replaceCompromisedSigningKey(with: key, at: now)
            case (.revert, _), (.replaceCompromised, _):
                throw ToolFailure(
                    "this step exists for the signing key only. Rotate the encryption key with begin and continue.")
            }
        }
    }

    /// The public facts of a key ring.
    struct KeyRingSummary {
        let ring: KeyRing
        /// The private key file, for the commands.
        let file: String
        let now: Date

        var lines: [String] {
            var lines = ring.entries.map { entry in
                let role = entry.role.rawValue.padding(toLength: 8, withPad: " ", startingAt: 0)
                let place = entry.isHeldElsewhere ? ", held elsewhere" : ""
                return
                    "\(entry.use.rawValue) \(role)  \(entry.modulusBits) bits\(place), kid \(entry.keyID.printable), since \(entry.since.ISO8601Format())"
            }
            lines.append(nextStep(.signature))
            lines.append(nextStep(.encryption))
            return lines
        }

        /// The next step of a rotation, in words.
        func nextStep(_ use: KeyUse) -> String {
            let step = ring.nextStep(for: use)
            guard let earliest = step.earliest else { return "\(use.rawValue): no rotation in progress" }
            let time = step.isDue(at: now) ? "now" : "from \(earliest.ISO8601Format())"
            let command = "itsme keys rotate \(file.quotedForShell) \(use.rawValue) continue"
            return "\(use.rawValue): next: \(step.action.inWords), \(time): \(command)"
        }

        /// How long itsme and the instances may take to see a change.
        var timing: String {
            """
            revision \(ring.revision); cached by itsme up to \(ring.timing.cacheLifetime.components.seconds) s, loaded by \
            all instances within \(ring.timing.propagation.components.seconds) s
            """
        }

        /// The same facts as JSON.
        var json: JSONValue {
            let keys = ring.entries.map { entry -> JSONValue in
                [
                    "use": .string(entry.use.rawValue), "role": .string(entry.role.rawValue),
                    "bits": .integer(Int64(entry.modulusBits)), "kid": .string(entry.keyID),
                    "heldElsewhere": .bool(entry.isHeldElsewhere), "since": .string(entry.since.ISO8601Format()),
                ]
            }
            let steps = [KeyUse.signature, .encryption].map { use -> JSONValue in
                let step = ring.nextStep(for: use)
                let isInProgress = step.earliest != nil
                return [
                    "use": .string(use.rawValue),
                    "step": isInProgress ? .string(step.action.rawValue) : .null,
                    "from": step.earliest.map { .string($0.ISO8601Format()) } ?? .null,
                    "isDue": .bool(isInProgress && step.isDue(at: now)),
                ]
            }
            return [
                "revision": .integer(Int64(ring.revision)),
                "cacheLifetime": .integer(ring.timing.cacheLifetime.components.seconds),
                "propagation": .integer(ring.timing.propagation.components.seconds),
                "keys": .array(keys), "nextSteps": .array(steps),
            ]
        }
    }

    extension RotationStep.Action {
        /// What the step does.
        var inWords: String {
            switch self {
            case .begin: "make the next key"
            case .activate: "sign with the new key"
            case .publish: "publish the new key in place of the old one"
            case .finish: "remove the old key"
            }
        }
    }

    extension Duration {
        /// In the largest unit that gives a whole number, up to hours.
        fileprivate var inWords: String {
            let seconds = components.seconds
            if seconds % 3600 == 0 { return seconds == 3600 ? "1 hour" : "\(seconds / 3600) hours" }
            return seconds % 60 == 0 ? "\(seconds / 60) minutes" : "\(seconds) seconds"
        }
    }

    /// The public JWK Set of a key ring, in a file for a web server.
    struct PublicKeyFile {
        let path: String
        /// The file of the private keys, for the advice when the public ones cannot be written.
        let privateFile: String

        /// Writes a new file. Fails if it exists.
        func create(_ ring: KeyRing) throws(ToolFailure) {
            try write(ring, .withoutOverwriting)
        }

        /// Replaces the file in one step (atomically).
        func replace(_ ring: KeyRing) throws(ToolFailure) {
            try write(ring, .atomic)
        }

        /// The text of a ring's public set.
        static func text(_ ring: KeyRing) throws(ToolFailure) -> [UInt8] {
            do {
                return try ring.publicJWKSet().publicJSON().serialized() + [UInt8(ascii: "\n")]
            } catch {
                throw ToolFailure("the public keys cannot be computed: \(error)")
            }
        }

        private func write(_ ring: KeyRing, _ options: Data.WritingOptions) throws(ToolFailure) {
            let text = try Self.text(ring)
            do {
                try Data(text).write(to: URL(fileURLWithPath: path), options: options)
            } catch {
                throw ToolFailure(
                    """
                    \(path): the public keys cannot be written. The private keys are stored. To print the public ones: \
                    itsme keys show --public \(privateFile.quotedForShell)
                    """)
            }
        }
    }
#endif
