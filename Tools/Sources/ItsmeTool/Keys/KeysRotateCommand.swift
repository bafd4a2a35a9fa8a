import ArgumentParser
import Foundation
import ItsmeRP
import JOSE

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
