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
            switch ring.nextStep(for: use).action {
            case .begin: throw ToolFailure("no rotation of the key is under way; the first step is begin")
            case .activate: try ring.activateNextSigningKey(at: now)
            case .publish: try ring.publishNextEncryptionKey(at: now)
            case .finish where use == .signature: try ring.finishSigningRotation(at: now)
            case .finish: try ring.finishEncryptionRotation(at: now)
            }
        case (.revert, .signature): try ring.revertSigningRotation(at: now)
        case (.cancel, .signature): try ring.cancelSigningRotation()
        case (.cancel, _): try ring.cancelEncryptionRotation()
        case (.replaceCompromised, .signature): try ring.replaceCompromisedSigningKey(with: key, at: now)
        case (.revert, _), (.replaceCompromised, _):
            throw ToolFailure("an encryption key proves nothing: rotate it with begin and continue")
        }
    }
}
