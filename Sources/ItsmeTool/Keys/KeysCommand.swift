#if Tool
    import ArgumentParser
    import Foundation
    import ItsmeRP
    import JOSE

    /// The relying party's own keys.
    struct KeysCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "keys",
            abstract: "Make, show, check and rotate the keys of a relying party.",
            subcommands: [
                KeysGenerateCommand.self, KeysShowCommand.self, KeysRotateCommand.self, KeysCheckCommand.self,
                SealingKeyCommand.self,
            ]
        )
    }

    /// The options of commands that may import a key.
    struct KeyImportOptions: ParsableArguments {
        @Option(
            help: "The size of new keys in bits: 2048, 3072 or 4096.", completion: .list(["2048", "3072", "4096"]))
        var bits = 2048

        @Option(
            help: ArgumentHelp(
                "A file with the passphrase of the key files in its first line. Only its owner may read it.",
                discussion: "There is no option for the passphrase itself, because other users can see command lines.",
                valueName: "file"), completion: .file())
        var passphraseFile: String?

        @Flag(help: "Ask nothing: without an option, use the default or a new key. A missing passphrase is an error.")
        var nonInteractive = false

        func dialogue() throws(ToolFailure) -> any KeyDialogue {
            nonInteractive ? SilentDialogue() : try TerminalDialogue()
        }

        func validate() throws {
            guard [2048, 3072, 4096].contains(bits) else {
                throw ValidationError("--bits must be 2048, 3072 or 4096.")
            }
        }
    }

    /// Makes or imports the keys.
    struct KeysGenerateCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "generate",
            abstract:
                "Make or import the keys of a relying party, and write a private and a public key file.",
            discussion: """
                Asks whether you have keys or certificates already, in PEM or DER, with or without passphrase, or PKCS#12. \
                Writes a private JWK Set that only you can read, and a public one. It never overwrites a file.
                """
        )

        @Option(
            help: ArgumentHelp("An existing signing key (PEM, DER or PKCS#12).", valueName: "file"), completion: .file()
        )
        var signingKey: String?

        @Option(
            help: ArgumentHelp("An existing encryption key (PEM, DER or PKCS#12).", valueName: "file"),
            completion: .file())
        var encryptionKey: String?

        @Option(
            name: .customLong("pkcs12"),
            help: ArgumentHelp(
                "A PKCS#12 file with both keys. Their names must begin with sig and enc.", valueName: "file"),
            completion: .file())
        var pkcs12: String?

        @Option(help: ArgumentHelp("Where to write the private keys.", valueName: "file"), completion: .file())
        var outPrivate: String?

        @Option(help: ArgumentHelp("Where to write the public keys.", valueName: "file"), completion: .file())
        var outPublic: String?

        @Option(
            help: ArgumentHelp(
                "The max-age of the public keys on your server, 1800 to 86400.", valueName: "seconds"))
        var cacheLifetime = 86_400

        @Option(
            help: ArgumentHelp(
                "The longest time until all instances have loaded changed keys; 0 for a single instance.",
                valueName: "seconds"))
        var propagation = 600

        @OptionGroup var options: KeyImportOptions

        func validate() throws {
            guard (1800...86_400).contains(cacheLifetime) else {
                throw ValidationError("--cache-lifetime must be between 1800 and 86400 seconds.")
            }
            guard (0...86_400).contains(propagation) else {
                throw ValidationError("--propagation must be between 0 and 86400 seconds.")
            }
            guard pkcs12 == nil || (signingKey == nil && encryptionKey == nil) else {
                throw ValidationError("--pkcs12 gives both keys. Leave out --signing-key and --encryption-key.")
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
            abstract: "Take one step of a key rotation. A step is refused while it could make logins fail.",
            discussion: """
                begin                make or import the next key
                continue             take the step that is due: use the next key, or remove the old one
                revert               sign with the old signing key again
                cancel               drop the next key
                replace-compromised  replace the signing key at once; LOGINS FAIL until itsme has read the new set

                While `continue` is too early, it exits with status 75, so a job may run it often. Running instances must \
                load the changed file within the propagation time of the key file.
                """
        )

        enum Use: String, ExpressibleByArgument, CaseIterable {
            case sig, enc
        }

        @Argument(
            help: ArgumentHelp("The private key file of `itsme keys generate`.", valueName: "file"), completion: .file()
        )
        var file: String

        @Argument(help: "Which key: sig or enc.")
        var use: Use

        @Argument(help: "begin, continue, revert, cancel or replace-compromised.")
        var step: KeyRotation.Step

        @Option(
            help: ArgumentHelp("The next key, instead of a new one (PEM, DER or PKCS#12).", valueName: "file"),
            completion: .file())
        var newKey: String?

        @Option(
            help: ArgumentHelp("Where to write the public keys; an existing file is replaced.", valueName: "file"),
            completion: .file())
        var outPublic: String?

        @OptionGroup var options: KeyImportOptions

        func validate() throws {
            guard newKey == nil || step == .begin || step == .replaceCompromised else {
                throw ValidationError("--new-key is for begin and replace-compromised only.")
            }
        }

        func run() throws {
            var dialogue: any KeyDialogue = newKey == nil ? SilentDialogue() : try options.dialogue()
            // Without a terminal, nobody can be asked, and the step is taken: a job may do it.
            if step == .replaceCompromised, !options.nonInteractive, let terminal = try? TerminalDialogue() {
                dialogue = terminal
            }
            let rotation = KeyRotation(
                file: KeyFile(file), use: use == .sig ? .signature : .encryption, dialogue: dialogue, now: Date())
            let outcome = try rotation.take(step) {
                guard let newKey else { return try KeyMaker.newKey(rotation.use, bits: options.bits) }
                let keys = try KeyMaker.importedKeys(in: newKey, passphraseFile: options.passphraseFile, dialogue)
                return try ImportedKey.choose(rotation.use, of: keys, in: newKey).jwk(rotation.use)
            }
            if let outPublic, let ring = outcome.ring {
                try PublicKeyFile(path: outPublic, privateFile: file).replace(ring)
            }
            // EX_TEMPFAIL: the same command will work later.
            if outcome.isTooEarly { throw ExitCode(75) }
        }
    }

    extension KeyRotation.Step: ExpressibleByArgument {}

    /// Shows the public facts of the keys.
    struct KeysShowCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Show the public facts of a private key file, and the next steps of its rotations.")

        @Argument(
            help: ArgumentHelp("The private key file of `itsme keys generate`.", valueName: "file"), completion: .file()
        )
        var file: String

        @Flag(name: .customLong("public"), help: "Print the public JWK Set instead.")
        var printsPublicSet = false

        @OptionGroup var output: OutputOptions

        func run() throws {
            let ring = try file.asKeyFile { file throws(ItsmeError) in try KeyRing(reading: file) }
            guard !printsPublicSet else {
                // It is JSON anyhow.
                try? FileHandle.standardOutput.write(contentsOf: Data(try PublicKeyFile.text(ring)))
                return
            }
            let summary = KeyRingSummary(ring: ring, file: file, now: Date())
            output.print(text: [summary.timing] + summary.lines, json: summary.json)
        }
    }
#endif
