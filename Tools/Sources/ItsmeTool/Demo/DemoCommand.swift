import ArgumentParser

/// Performs a login on this machine and shows each step.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Watch one whole login against a local itsme.",
        discussion: """
            Makes throw-away keys, starts a sandbox and a small relying party on loopback ports, and logs an invented \
            person in, whose approval is automated. The exit status is 0 only if everything was verified.
            """
    )

    @Flag(help: "Exit after the login instead of serving on for a browser.")
    var once = false

    @Option(help: "Falsify something on the way to the relying party: \(Tampering.names).")
    var tamper: Tampering?

    func run() async throws {
        let isVerified = try await Demo(report: Report(), tampering: tamper, keepsServing: !once && tamper == nil).run()
        guard isVerified else { throw ExitCode.failure }
        guard tamper == nil else {
            Report().line("It was tampered with and should have been refused: please report this.")
            throw ExitCode.failure
        }
    }
}

extension Tampering {
    fileprivate static let names = allCases.map(\.rawValue).joined(separator: ", ")
}
