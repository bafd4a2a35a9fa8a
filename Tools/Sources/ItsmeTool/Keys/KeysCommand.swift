import ArgumentParser
import Foundation
import ItsmeRP
import JOSE

/// The relying party's own keys.
struct KeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "Make, show and rotate the keys of a relying party.",
        subcommands: [KeysGenerateCommand.self, KeysShowCommand.self, KeysRotateCommand.self]
    )
}

/// Options of every command that may take a key from a file.
struct KeyImportOptions: ParsableArguments {
    @Option(help: "The size of new keys in bits: 2048, 3072 or 4096.")
    var bits = 2048

    @Option(
        help: ArgumentHelp(
            "A file with the passphrase of the key files in its first line, readable by its owner only.",
            discussion: "A passphrase is never taken from the command line, which other users can see.",
            valueName: "file"))
    var passphraseFile: String?

    @Flag(help: "Ask nothing: what no option says is made anew, or is an error.")
    var nonInteractive = false

    func dialogue() throws(ToolFailure) -> any KeyDialogue {
        nonInteractive ? SilentDialogue() : try TerminalDialogue()
    }

    func validate() throws {
        guard [2048, 3072, 4096].contains(bits) else {
            throw ValidationError("--bits is 2048, 3072 or 4096.")
        }
    }
}

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

/// Takes one step of a rotation.
struct KeysRotateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate",
        abstract: "Take one step of a key rotation; refused if logins could fail.",
        discussion: """
            begin                makes or takes the next key
            continue             takes the step that is due: the next key into use, or the old one out
            revert               signs with the old signing key again
            cancel               drops a next key
            replace-compromised  replaces the signing key at once; LOGINS FAIL until itsme has read the new set

            Until `continue` is due it ends with status 75, so a job may run it often. Running instances have to load \
            the changed file within the ring's propagation time.
            """
    )

    enum Use: String, ExpressibleByArgument, CaseIterable {
        case sig, enc
    }

    @Argument(help: ArgumentHelp("The private keys, as `itsme keys generate` wrote them.", valueName: "file"))
    var file: String

    @Argument(help: "Which key: sig or enc.")
    var use: Use

    @Argument(help: "begin, continue, revert, cancel or replace-compromised.")
    var step: KeyRotation.Step

    @Option(help: ArgumentHelp("The next key, instead of a new one (PEM or PKCS#12).", valueName: "file"))
    var newKey: String?

    @Option(help: ArgumentHelp("Where to write the public keys; replaced if it exists.", valueName: "file"))
    var outPublic: String?

    @OptionGroup var options: KeyImportOptions

    func validate() throws {
        guard newKey == nil || step == .begin || step == .replaceCompromised else {
            throw ValidationError("--new-key goes with begin and replace-compromised only.")
        }
    }

    func run() throws {
        let dialogue: any KeyDialogue = newKey == nil ? SilentDialogue() : try options.dialogue()
        let rotation = KeyRotation(
            file: KeyFile(file), use: use == .sig ? .signature : .encryption, dialogue: dialogue, now: Date())
        let outcome = try rotation.take(step) {
            guard let newKey else { return try KeyMaker.newKey(rotation.use, bits: options.bits) }
            let keys = try KeyMaker.importedKeys(in: newKey, passphraseFile: options.passphraseFile, dialogue)
            return try ImportedKey.choose(rotation.use, of: keys, in: newKey).jwk(rotation.use)
        }
        if let outPublic, let ring = outcome.ring { try PublicKeyFile(path: outPublic).replace(ring) }
        // EX_TEMPFAIL: the same command will do later.
        if outcome.isTooEarly { throw ExitCode(75) }
    }
}

extension KeyRotation.Step: ExpressibleByArgument {}

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
