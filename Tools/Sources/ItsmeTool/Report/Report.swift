import Foundation
import Synchronization

/// Tells what happens, step by step, as plain text.
///
/// Secrets do not get here: what holds one is described by ``Shape`` first.
final class Report: Sendable {
    private struct State {
        var lastStep = 0
        var detail = Shape.Detail.full
    }

    private let state = Mutex(State())
    private let write: @Sendable (String) -> Void

    /// Makes a report that hands on each line as soon as it is known; by default to standard output, unbuffered.
    init(write: @escaping @Sendable (String) -> Void = Report.writeToStandardOutput) {
        self.write = write
    }

    /// How much is told of requests and answers from now on.
    var detail: Shape.Detail {
        get { state.withLock { $0.detail } }
        set { state.withLock { $0.detail = newValue } }
    }

    /// Opens the next numbered step.
    func step(_ title: String) {
        let number = state.withLock { state in
            state.lastStep += 1
            return state.lastStep
        }
        write("\n\(number). \(title)")
    }

    /// Says what somebody sends.
    func sent(_ text: String, by party: String) { write("   -> \(party): \(text)") }

    /// Says what came back.
    func received(_ text: String) { write("   <- \(text)") }

    /// Says which check passed.
    func passed(_ check: String) { write("   ok \(check)") }

    /// Says what was refused, and why.
    func refused(_ reason: String) { write("   NO \(reason)") }

    /// Says anything else about the step.
    func note(_ text: String) { write("      \(text)") }

    /// Says a whole line that belongs to no step.
    func line(_ text: String) { write(text) }

    private static let writeToStandardOutput: @Sendable (String) -> Void = { line in
        FileHandle.standardOutput.write(Data((line + "\n").utf8))
    }
}
