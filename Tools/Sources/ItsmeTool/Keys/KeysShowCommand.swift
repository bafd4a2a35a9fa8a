import ArgumentParser
import Foundation
import ItsmeRP

/// Shows what anybody may know of the keys.
struct KeysShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show the public facts of a private key file, and the next steps of its rotations.")

    @Argument(help: ArgumentHelp("The private keys, as `itsme keys generate` wrote them.", valueName: "file"))
    var file: String

    @Flag(name: .customLong("public"), help: "Print the public JWK Set instead.")
    var printsPublicSet = false

    func run() throws {
        let ring = try file.asKeyFile { file throws(ItsmeError) in try KeyRing(reading: file) }
        guard !printsPublicSet else {
            FileHandle.standardOutput.write(Data(try PublicKeyFile.text(ring)))
            return
        }
        let report = Report()
        let timing = ring.timing
        report.line(
            "revision \(ring.revision); cached by itsme up to \(timing.cacheLifetime.components.seconds) s, loaded by all instances within \(timing.propagation.components.seconds) s"
        )
        KeyRingSummary(ring: ring, now: Date()).lines.forEach(report.line)
    }
}
