#if Tool
    import Foundation
    import ItsmeRP
    import JOSE

    /// Makes the private key file and the public one from existing or new keys.
    struct KeyGeneration {
        /// The values of the options; nil where the user is asked.
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
                dialogue.say("You need two RSA keys: one to sign, and one to which itsme encrypts.")
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
            try PublicKeyFile(path: publicFile, privateFile: privateFile).create(ring)
            dialogue.say("")
            dialogue.say("Written: \(privateFile) (private, mode 0600) and \(publicFile) (to publish)")
            KeyRingSummary(ring: ring, file: privateFile, now: now).lines.forEach { dialogue.say("  " + $0) }
            adviseNext(privateFile: privateFile, publicFile: publicFile, ring: ring)
        }

        /// The path of a new file. Fails if it exists, before any key is made.
        private func output(_ given: String?, _ question: String, default: String) throws(ToolFailure) -> String {
            let path: String
            if let given { path = given } else { path = try dialogue.ask(question, default: `default`) }
            guard !FileManager.default.fileExists(atPath: path) else {
                throw ToolFailure("\(path): the file exists, and keys are never overwritten. Choose another path.")
            }
            return path
        }

        private func key(_ use: KeyUse, given: String?) throws(ToolFailure) -> JWK {
            let word = use == .signature ? "signing" : "encryption"
            var path = given
            if path == nil, dialogue.isInteractive,
                try dialogue.confirm("Do you have a key or certificate for \(word)?")
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
                    "\(path): it holds one key, but --pkcs12 needs a file with both. Use --signing-key or --encryption-key."
                )
            }
            let chosen = try ImportedKey.choose(use, of: keys, in: path)
            let subject = chosen.subject.map { ", certificate of \($0)" } ?? ""
            dialogue.say("Using for \(word): the key of \(chosen.key.modulusBits) bits in \(path)\(subject)")
            return try chosen.jwk(use)
        }

        private func adviseNext(privateFile: String, publicFile: String, ring: KeyRing) {
            let maximumAge = ring.timing.cacheLifetime.components.seconds
            dialogue.say(
                """

                What to do next:
                1. Keep \(privateFile) secret, and keep a copy: without it nobody can log in.
                2. Publish the public keys at an https URL with an organization-validated certificate. It must answer within
                   a second, without login or redirect. Either serve them from your application, which follows rotations:
                     settings.published(), or JWKSetEndpoint(ring) without ItsmeConfig
                   or put \(publicFile) on a web server, with Cache-Control: max-age of 1800 to \(maximumAge).
                3. Register that URL at itsme.
                4. Give the keys to the client: ITSME_KEY_FILE=\(privateFile.quotedForShell), or without ItsmeConfig
                     let ring = try ClientKeyRing(contentsOf: KeyFile("\(privateFile)"))
                5. Rotate the keys from time to time: itsme keys rotate \(privateFile.quotedForShell) sig begin
                """)
        }
    }

    /// Makes a new key, or reads the keys of a file.
    enum KeyMaker {
        /// Makes a key. Its `kid` is its thumbprint.
        static func newKey(_ use: KeyUse, bits: Int) throws(ToolFailure) -> JWK {
            do {
                return try ImportedKey(key: RSAPrivateKey.generate(bits: bits), subject: nil, name: nil).jwk(use)
            } catch let error as JOSEError {
                throw ToolFailure("no key could be made: \(error.reason)")
            } catch let error as ToolFailure {
                throw error
            } catch {
                throw ToolFailure("no key could be made")
            }
        }

        /// Reads the keys of a file; the passphrase comes from a file or from the person.
        static func importedKeys(
            in path: String, passphraseFile: String?, _ dialogue: any KeyDialogue
        ) throws(ToolFailure) -> [ImportedKey] {
            try ImportedKey.all(in: path) { attempt throws(ToolFailure) in
                if let passphraseFile {
                    guard attempt == 0 else {
                        throw ToolFailure(
                            "\(path): the passphrase in \(passphraseFile) is wrong. Put the right one in its first line."
                        )
                    }
                    return try passphrase(inFile: passphraseFile)
                }
                if attempt > 0 { dialogue.say("That passphrase does not open it.") }
                return try dialogue.askPassphrase("Passphrase of \(path)")
            }
        }

        /// The first line of a file.
        static func passphrase(inFile path: String) throws(ToolFailure) -> SecretBytes {
            let contents = try path.asKeyFile { file throws(ItsmeError) in try file.read() }
            var line: [UInt8] = []
            // Reserves enough capacity, because growing would leave a copy in memory.
            line.reserveCapacity(contents.count)
            contents.withBytes { bytes in
                for index in bytes.indices {
                    guard bytes[index] != UInt8(ascii: "\n"), bytes[index] != UInt8(ascii: "\r") else { return }
                    line.append(bytes[index])
                }
            }
            return SecretBytes(taking: &line)
        }
    }

    /// A private key from a file of another program.
    struct ImportedKey {
        let key: RSAPrivateKey
        /// The subject of the certificate that came with the key.
        let subject: String?
        /// The name that the key has in a PKCS#12 file.
        let name: String?

        /// Reads every RSA private key of a file; see ``JOSE/KeyImport``.
        ///
        /// - Parameters:
        ///   - path: The file, which only its owner may read.
        /// - passphrase: Called when the file needs a passphrase, and again after a wrong one, with the number of the
        ///   attempt.
        static func all(
            in path: String, passphrase: (_ attempt: Int) throws(ToolFailure) -> SecretBytes
        ) throws(ToolFailure) -> [ImportedKey] {
            let contents = try path.asKeyFile { file throws(ItsmeError) in try file.read() }
            var given: SecretBytes?
            for attempt in 0...3 {
                do {
                    return try KeyImport(contents, passphrase: given).entries.map {
                        ImportedKey(key: $0.key, subject: $0.certificate?.subject, name: $0.friendlyName)
                    }
                } catch {
                    guard error.code == .wrongPassphrase, attempt < 3 else {
                        throw ToolFailure(
                            "\(path): \(error.reason). Give an RSA private key in PEM, DER or PKCS#12 and its passphrase."
                        )
                    }
                    given = try passphrase(attempt)
                }
            }
            throw ToolFailure("\(path): no passphrase opened the file. Find out the right one, then start again.")
        }

        /// Returns the only key, or the only one whose name begins with `sig` or `enc`, according to the use. Refuses a
        /// single key whose name belongs to the other use, because the files are probably swapped.
        static func choose(_ use: KeyUse, of keys: [ImportedKey], in path: String) throws(ToolFailure) -> ImportedKey {
            if let only = keys.first, keys.count == 1 {
                let other = use == .signature ? KeyUse.encryption : .signature
                guard only.name?.lowercased().hasPrefix(other.rawValue) != true else {
                    throw ToolFailure(
                        """
                        \(path): the name of its key begins with "\(other.rawValue)", but the key is to be used for \
                        "\(use.rawValue)". Are the files of the signing key and of the encryption key swapped?
                        """)
                }
                return only
            }
            let named = keys.filter { $0.name?.lowercased().hasPrefix(use.rawValue) == true }
            guard let key = named.first, named.count == 1 else {
                throw ToolFailure(
                    """
                    \(path): it holds \(keys.count) keys, and exactly one must have a name that begins with \
                    "\(use.rawValue)". Rename the keys, or give one file for each key.
                    """)
            }
            return key
        }

        /// The key with its use. Its `kid` is its thumbprint.
        func jwk(_ use: KeyUse) throws(ToolFailure) -> JWK {
            do {
                var jwk = JWK(.rsaPrivate(key), keyID: nil, use: use)
                jwk.keyID = try jwk.thumbprint()
                return jwk
            } catch {
                throw ToolFailure("the thumbprint of a key cannot be computed: \(error.reason)")
            }
        }
    }

    extension String {
        /// Calls `body` with the key file at this path. A failure names the path and the remedy.
        func asKeyFile<Result>(_ body: (KeyFile) throws(ItsmeError) -> Result) throws(ToolFailure) -> Result {
            do {
                return try body(KeyFile(self))
            } catch {
                throw ToolFailure(self, error)
            }
        }

        /// This text as one word of a shell command.
        var quotedForShell: String { "'" + replacing("'", with: #"'\''"#) + "'" }
    }
#endif
