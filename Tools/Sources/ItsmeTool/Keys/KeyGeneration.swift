import Foundation
import ItsmeRP
import JOSE

/// Makes a ring of existing or new keys, and writes it with the set to publish.
struct KeyGeneration {
    /// What is known without asking.
    struct Plan {
        var bits = 2048
        var signingKey: String?
        var encryptionKey: String?
        var pkcs12: String?
        var passphraseFile: String?
        var privateFile: String?
        var publicFile: String?
        var timing = KeyRing.Timing()
    }

    let plan: Plan
    let dialogue: any KeyDialogue
    let now: Date

    func run() throws(ToolFailure) {
        if dialogue.isInteractive {
            dialogue.say("itsme needs two RSA keys of yours: one that signs, and one that it encrypts to.")
        }
        let privateFile = try output(plan.privateFile, "File for the private keys", default: "itsme-private.json")
        let publicFile = try output(plan.publicFile, "File for the public keys", default: "itsme-public.json")
        let signing = try key(.signature, given: plan.signingKey ?? plan.pkcs12)
        let encryption = try key(.encryption, given: plan.encryptionKey ?? plan.pkcs12)
        let ring: KeyRing
        let secret: SecretBytes
        do {
            ring = try KeyRing(signing: signing, encryption: encryption, timing: plan.timing, at: now)
            secret = try ring.serialized()
        } catch {
            throw ToolFailure("\(error.reason). \(error.remedy)")
        }
        try privateFile.asKeyFile { file throws(ItsmeError) in try file.create(secret) }
        try PublicKeyFile(path: publicFile).create(ring)
        dialogue.say("")
        dialogue.say("Written: \(privateFile) (private, mode 0600) and \(publicFile) (to publish)")
        KeyRingSummary(ring: ring, now: now).lines.forEach { dialogue.say("  " + $0) }
        adviseNext(privateFile: privateFile, publicFile: publicFile, ring: ring)
    }

    /// A path where no file is yet; the files are checked before any key is made.
    private func output(_ given: String?, _ question: String, default: String) throws(ToolFailure) -> String {
        let path: String
        if let given { path = given } else { path = try dialogue.ask(question, default: `default`) }
        guard !FileManager.default.fileExists(atPath: path) else {
            throw ToolFailure("\(path): there is a file already, and keys are never overwritten. Choose another path.")
        }
        return path
    }

    private func key(_ use: KeyUse, given: String?) throws(ToolFailure) -> JWK {
        let word = use == .signature ? "signing" : "encryption"
        var path = given
        if path == nil, dialogue.isInteractive,
            try dialogue.confirm("Do you have a key or certificate for \(word) already?")
        {
            let answer = try dialogue.ask("Where is it (PEM, DER or PKCS#12)?", default: "make a new one")
            path = answer == "make a new one" ? nil : answer
        }
        guard let path else {
            dialogue.say("Making a new \(word) key of \(plan.bits) bits")
            return try KeyMaker.newKey(use, bits: plan.bits)
        }
        let keys = try KeyMaker.importedKeys(in: path, passphraseFile: plan.passphraseFile, dialogue)
        if path == plan.pkcs12, keys.count == 1 {
            throw ToolFailure(
                "\(path): it holds one key, and --pkcs12 takes a file with both. Give it with --signing-key or --encryption-key."
            )
        }
        let chosen = try ImportedKey.choose(use, of: keys, in: path)
        let subject = chosen.subject.map { ", certificate of \($0)" } ?? ""
        dialogue.say("Taken for \(word): the key of \(chosen.key.modulusBits) bits in \(path)\(subject)")
        return try chosen.jwk(use)
    }

    private func adviseNext(privateFile: String, publicFile: String, ring: KeyRing) {
        let maximumAge = ring.timing.cacheLifetime.components.seconds
        dialogue.say(
            """

            What to do next:
            1. Keep \(privateFile) as you keep passwords, and keep a copy: without it nobody can log in.
            2. Publish the public keys at an https URL with an organization-validated certificate, without login or
               redirect, answered within a second. Either serve them from your application, which follows rotations:
                 let ring = try ClientKeyRing(KeyRing(reading: KeyFile("\(privateFile)")))
                 let endpoint = try JWKSetEndpoint(ring)
               or put \(publicFile) on a web server, with Cache-Control: max-age of 1800 to \(maximumAge).
            3. Register that URL at itsme.
            4. Configure the client: authentication: .privateKeyJWT(ring)
            5. Replace the keys from time to time: itsme keys rotate \(privateFile) sig begin
            """)
    }
}
