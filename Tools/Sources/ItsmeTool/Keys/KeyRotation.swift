import Foundation
import ItsmeRP
import JOSE

/// Steps of a rotation on a ring in a file.
struct KeyRotation {
    /// What a person asks for; see ``KeyRing`` for what the ring makes of it.
    enum Step: String, CaseIterable {
        case begin
        case proceed = "continue"
        case revert
        case cancel
        case replaceCompromised = "replace-compromised"
    }

    struct Outcome {
        /// The ring after the step; nil if it was not taken.
        var ring: KeyRing?
        /// Whether the step will be possible later.
        var isTooEarly = false
    }

    let file: KeyFile
    let use: KeyUse
    let dialogue: any KeyDialogue
    let now: Date

    /// Takes a step, stores the ring, and says what comes next.
    ///
    /// - Parameter newKey: Gives the next key; called only if the step takes one.
    func take(_ step: Step, newKey: () throws -> JWK) throws -> Outcome {
        var outcome = Outcome()
        do {
            // Before the file is locked: it may ask a person, or take seconds.
            let key = step == .begin || step == .replaceCompromised ? try newKey() : nil
            try file.update { contents in
                var ring = try KeyRing(parsing: contents)
                try apply(step, to: &ring, key)
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
        if let ring = outcome.ring {
            KeyRingSummary(ring: ring, now: now).lines.forEach(dialogue.say)
            dialogue.say("Let every instance load the file now, and publish the public keys if they are in a file.")
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
                throw ToolFailure("no rotation of the key is under way; the first step is begin")
            }
            try ring.advance(use, at: now)
        case (.revert, .signature): try ring.revertSigningRotation(at: now)
        case (.cancel, .signature): try ring.cancelSigningRotation()
        case (.cancel, _): try ring.cancelEncryptionRotation()
        case (.replaceCompromised, .signature): try ring.replaceCompromisedSigningKey(with: key, at: now)
        case (.revert, _), (.replaceCompromised, _):
            throw ToolFailure("an encryption key proves nothing: rotate it with begin and continue")
        }
    }
}

/// What anybody may know of a ring.
struct KeyRingSummary {
    let ring: KeyRing
    let now: Date

    var lines: [String] {
        var lines = ring.entries.map { entry in
            let role = entry.role.rawValue.padding(toLength: 8, withPad: " ", startingAt: 0)
            let place = entry.isHeldElsewhere ? ", held elsewhere" : ""
            return
                "\(entry.use.rawValue) \(role)  \(entry.modulusBits) bits\(place), kid \(printable(entry.keyID)), since \(entry.since.ISO8601Format())"
        }
        lines.append(nextStep(.signature))
        lines.append(nextStep(.encryption))
        return lines
    }

    /// A sentence on what a rotation is waiting for.
    func nextStep(_ use: KeyUse) -> String {
        let step = ring.nextStep(for: use)
        guard let earliest = step.earliest else { return "\(use.rawValue): no rotation under way" }
        let time = step.isDue(at: now) ? "now" : "from \(earliest.ISO8601Format())"
        return "\(use.rawValue): next step \(step.action.rawValue), \(time)"
    }

    /// A kid may come from another program's file, so a terminal must not take it for a command.
    private func printable(_ text: String) -> String {
        text.unicodeScalars.allSatisfy { (0x20...0x7E).contains($0.value) } ? text : "(not printable)"
    }
}

/// The set of a ring that itsme reads, in a file for a web server.
struct PublicKeyFile {
    let path: String

    /// Writes the file, unless there is one.
    func create(_ ring: KeyRing) throws(ToolFailure) {
        try write(ring, .withoutOverwriting)
    }

    /// Puts the set of a changed ring in place of the former one, at once.
    func replace(_ ring: KeyRing) throws(ToolFailure) {
        try write(ring, .atomic)
    }

    /// The text of a ring's public set.
    static func text(_ ring: KeyRing) throws(ToolFailure) -> [UInt8] {
        do {
            return try ring.publicJWKSet().publicJSON().serialized() + [UInt8(ascii: "\n")]
        } catch {
            throw ToolFailure("the public keys cannot be had: \(error)")
        }
    }

    private func write(_ ring: KeyRing, _ options: Data.WritingOptions) throws(ToolFailure) {
        let text = try Self.text(ring)
        do {
            try Data(text).write(to: URL(fileURLWithPath: path), options: options)
        } catch {
            throw ToolFailure(
                "\(path): the public keys cannot be written; the private ones are in place, and `itsme keys show --public` prints these"
            )
        }
    }
}
