import Foundation
import ItsmeRP
import JOSE

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
