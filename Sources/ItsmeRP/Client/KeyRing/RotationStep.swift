#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif
public import JOSE

/// The step that a rotation is waiting for.
public struct RotationStep: Sendable, Hashable {
    /// What is done in a step.
    public enum Action: String, Sendable, Hashable {
        /// A new key becomes the next one.
        case begin
        /// The next signing key begins to sign.
        case activate
        /// The next encryption key is published in place of the current one.
        case publish
        /// The retiring key is removed.
        case finish
    }

    /// Which of the two rotations.
    public let use: KeyUse

    /// What is to be done.
    public let action: Action

    /// The earliest time at which it is safe; nil if it may be done at any time.
    public let earliest: Date?

    /// Whether the step may be taken.
    public func isDue(at now: Date) -> Bool {
        earliest.map { $0 <= now } ?? true
    }
}

extension KeyRing {
    /// What the rotation of the signing key or of the encryption key is waiting for.
    public func nextStep(for use: KeyUse) -> RotationStep {
        let isSigning = use == .signature
        if let next = entries(use, .next).first {
            return RotationStep(use: use, action: isSigning ? .activate : .publish, earliest: start(of: next))
        }
        if let retiring = entries(use, .retiring).min(by: { $0.since < $1.since }) {
            return RotationStep(use: use, action: .finish, earliest: finish(of: retiring))
        }
        return RotationStep(use: use, action: .begin, earliest: nil)
    }

    /// When a next key may be used; nil if nothing has to be waited for.
    func start(of entry: Entry) -> Date? {
        let wait = entry.use == .signature ? timing.untilActivation : timing.untilPublication
        return wait == .zero ? nil : entry.since.adding(wait)
    }

    /// When a retiring key may be removed.
    func finish(of entry: Entry) -> Date {
        entry.since.adding(entry.use == .signature ? timing.untilSigningFinish : timing.untilEncryptionFinish)
    }

    /// Refuses a step before its time.
    static func require(_ earliest: Date?, by now: Date, because reason: String) throws(ItsmeError) {
        guard let earliest else { return }
        guard earliest <= now else {
            throw ItsmeError(
                .rotationTooEarly, .configuration, reason,
                remedy: "Wait until \(earliest.ISO8601Format()), then take the step again.")
        }
    }

    static func outOfOrder(_ reason: String, remedy: String) -> ItsmeError {
        ItsmeError(.rotationOutOfOrder, .configuration, reason, remedy: remedy)
    }
}
