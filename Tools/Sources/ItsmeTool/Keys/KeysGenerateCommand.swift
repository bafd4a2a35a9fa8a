import ArgumentParser
import Foundation
import ItsmeRP

/// Makes the keys, or takes existing ones.
struct KeysGenerateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract:
            "Make the keys of a relying party, or take existing ones, and write them for use and for publication.",
        discussion: """
            Asks whether there are keys or certificates already, and where: PEM or DER with or without passphrase, or \
            PKCS#12. Writes a private JWK Set that only you can read, and a public one. No file is ever overwritten.
            """
    )

    @Option(help: ArgumentHelp("An existing signing key (PEM, DER or PKCS#12).", valueName: "file"))
    var signingKey: String?

    @Option(help: ArgumentHelp("An existing encryption key (PEM, DER or PKCS#12).", valueName: "file"))
    var encryptionKey: String?

    @Option(
        name: .customLong("pkcs12"),
        help: ArgumentHelp(
            "A PKCS#12 file with both keys, whose names begin with sig and enc.", valueName: "file"))
    var pkcs12: String?

    @Option(help: ArgumentHelp("Where to write the private keys.", valueName: "file"))
    var outPrivate: String?

    @Option(help: ArgumentHelp("Where to write the public keys.", valueName: "file"))
    var outPublic: String?

    @Option(
        help: ArgumentHelp(
            "The max-age with which the public keys will be served, 1800 to 86400.", valueName: "seconds"))
    var cacheLifetime = 86_400

    @Option(
        help: ArgumentHelp(
            "The longest that all instances take to load changed keys; 0 for one instance.", valueName: "seconds"))
    var propagation = 600

    @OptionGroup var options: KeyImportOptions

    func validate() throws {
        guard (1800...86_400).contains(cacheLifetime) else {
            throw ValidationError("--cache-lifetime is between 1800 and 86400 seconds.")
        }
        guard (0...86_400).contains(propagation) else {
            throw ValidationError("--propagation is between 0 and 86400 seconds.")
        }
        guard pkcs12 == nil || (signingKey == nil && encryptionKey == nil) else {
            throw ValidationError("--pkcs12 holds both keys; it does not go with --signing-key or --encryption-key.")
        }
    }

    func run() throws {
        var plan = KeyGeneration.Plan()
        plan.bits = options.bits
        plan.signingKey = signingKey
        plan.encryptionKey = encryptionKey
        plan.pkcs12 = pkcs12
        plan.passphraseFile = options.passphraseFile
        plan.privateFile = outPrivate
        plan.publicFile = outPublic
        plan.timing = try KeyRing.Timing(
            cacheLifetime: .seconds(cacheLifetime), propagation: .seconds(propagation))
        try KeyGeneration(plan: plan, dialogue: options.dialogue(), now: Date()).run()
    }
}
