import ArgumentParser

/// Walks through itsme's services on this machine and shows each step.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Watch Login, Share data and Confirm against a local itsme.",
        discussion: """
            Makes throw-away keys, starts a sandbox and a small relying party on loopback ports, and lets an invented \
            person log in, share data and confirm a payment, once with a key pair and once with a client secret, and \
            log in without a browser; the person's approval is automated. The exit status is 0 only if everything was verified. Then it serves on \
            for a browser.
            """
    )

    @Flag(help: "Exit after that instead of serving on for a browser.")
    var once = false

    @Option(help: "Falsify something on the way to the relying party, in one login only: \(Tampering.names).")
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
