#if Tool
    import ArgumentParser
    import Foundation
    import ItsmeRP
    import JOSE

    /// Checks files with keys.
    struct KeysCheckCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check",
            abstract: "Say what files with keys are, and what is wrong with them for itsme.",
            discussion: """
                Takes private key files of itsme keys generate, public JWK Sets, and keys of other programs (PEM, DER, \
                PKCS#12). Prints no key. Exits with status 1 if itsme or the service could not use a file.
                """)

        @Argument(help: ArgumentHelp("The files.", valueName: "file"), completion: .file())
        var files: [String]

        @Option(
            help: ArgumentHelp(
                "A file with the passphrase of the key files in its first line. Only its owner may read it.",
                valueName: "file"), completion: .file())
        var passphraseFile: String?

        @OptionGroup var output: OutputOptions

        func run() throws {
            let passphrase = try passphraseFile.map { try KeyMaker.passphrase(inFile: $0) }
            try output.print(files.flatMap { KeyFileCheck(path: $0, passphrase: passphrase, now: Date()).findings })
        }
    }

    /// What a file with keys is, and what is wrong with it.
    struct KeyFileCheck {
        let path: String
        let passphrase: SecretBytes?
        let now: Date

        private static let mode = "key-file.mode"
        private static let content = "key-file.content"
        private static let keys = "key-file.keys"
        private static let rotation = "key-file.rotation"

        var findings: [Finding] {
            let contents: SecretBytes
            do {
                // The mode is a finding of its own.
                contents = try KeyFile(path).readForInspection()
            } catch {
                return [.fail(Self.content, "\(error.reason).", remedy: error.remedy)]
            }
            let isJSON = contents.withBytes { bytes in
                bytes.indices.first { ![0x20, 0x09, 0x0A, 0x0D].contains(bytes[$0]) }.map { bytes[$0] }
                    == UInt8(ascii: "{")
            }
            return isJSON ? keySetFindings(contents) : importFindings(contents)
        }

        /// Whether only the owner can use the file.
        private var modeFinding: Finding {
            do {
                _ = try KeyFile(path).read()
                return .ok(Self.mode, "\(path): only its owner can use it.")
            } catch {
                let reason = error.reason.hasPrefix("\(path): ") ? error.reason : "\(path): \(error.reason)"
                return .fail(Self.mode, "\(reason).", remedy: error.remedy)
            }
        }

        // MARK: JWK Sets

        private func keySetFindings(_ contents: SecretBytes) -> [Finding] {
            let isPrivate: [Bool]
            let isRegistration: Bool
            do {
                (isPrivate, isRegistration) = try JSON.withParsed(contents, malformed: { $0 }) {
                    (json) throws(JOSEError) in
                    ((json["keys"]?.elements ?? []).map(JWK.looksPrivate), json["client_id"] != nil)
                }
            } catch {
                return [
                    .fail(
                        Self.content, "\(path): it is not strict JSON (\(error.reason)).",
                        remedy: "Take the file as itsme keys generate wrote it.")
                ]
            }
            guard !isRegistration else {
                return [
                    .fail(
                        Self.content, "\(path): it looks like the registration of a client, and is no file of keys.",
                        remedy: "Use it with: itsme sandbox --client \(path.quotedForShell)")
                ]
            }
            guard !isPrivate.isEmpty else {
                return [
                    .fail(
                        Self.content, "\(path): it is JSON, but no JWK Set with keys.",
                        remedy: "Make keys with: itsme keys generate")
                ]
            }
            return isPrivate.contains(true)
                ? privateFindings(contents)
                : publicFindings(contents.withBytes { bytes in bytes.indices.map { bytes[$0] } })
        }

        private func privateFindings(_ contents: SecretBytes) -> [Finding] {
            let ring: KeyRing
            do {
                ring = try KeyRing(parsing: contents)
                _ = try ring.publicJWKSet()
            } catch {
                return [
                    modeFinding,
                    .fail(
                        Self.content, "\(path): it is a private JWK Set, but cannot be used: \(error.reason).",
                        remedy: error.remedy),
                ]
            }
            var findings = [
                modeFinding,
                .ok(Self.content, "\(path): it is a private key file for ITSME_KEY_FILE. Never publish it."),
            ]
            findings += ring.entries.map { entry in
                .ok(
                    Self.keys,
                    "\(path): \(entry.role.rawValue) \(entry.use.rawValue) key of \(entry.modulusBits) bits, kid \(entry.keyID)."
                )
            }
            for use in [KeyUse.signature, .encryption] {
                let step = ring.nextStep(for: use)
                guard step.earliest != nil else { continue }
                findings.append(
                    step.isDue(at: now)
                        ? .warn(
                            Self.rotation, "\(path): a step of the rotation of the \(use.rawValue) key is due.",
                            remedy: "Take it: itsme keys rotate \(path.quotedForShell) \(use.rawValue) continue")
                        : .ok(
                            Self.rotation, "\(path): the rotation of the \(use.rawValue) key waits for its next step."))
            }
            return findings
        }

        private func publicFindings(_ bytes: [UInt8]) -> [Finding] {
            let set: JWKSet
            do {
                set = try JWKSet(parsingRemote: bytes)
            } catch {
                return [
                    .fail(
                        Self.content, "\(path): it is no JWK Set that itsme can read (\(error.reason)).",
                        remedy: "Publish the output of: itsme keys show --public FILE")
                ]
            }
            var findings: [Finding] = [
                .ok(
                    Self.content,
                    "\(path): it is a public JWK Set, to publish at the JWK Set URL. ITSME_KEY_FILE needs the private file."
                )
            ]
            findings += set.skipped.map { skipped in
                .fail(
                    Self.keys, "\(path): key \(skipped.index + 1) cannot be used: \(skipped.reason.reason).",
                    remedy: "Publish RSA keys of at least 2048 bits only.")
            }
            for use in [KeyUse.signature, .encryption] where !set.keys.contains(where: { $0.use == use }) {
                findings.append(
                    .fail(
                        Self.keys, "\(path): it has no usable key with \"use\": \"\(use.rawValue)\".",
                        remedy: "Publish one RSA key with \"use\": \"sig\" and one with \"use\": \"enc\"."))
            }
            findings += set.keys.map { key in
                let text =
                    "\(path): \(key.use?.rawValue ?? "unmarked") key of \(key.rsaPublicKey?.modulusBits ?? 0) bits"
                guard let keyID = key.keyID, !keyID.isEmpty else {
                    return .fail(Self.keys, "\(text) without kid.", remedy: "Give each key its own kid.")
                }
                return .ok(Self.keys, "\(text), kid \(keyID).")
            }
            return findings
        }

        // MARK: Keys of other programs

        private func importFindings(_ contents: SecretBytes) -> [Finding] {
            let entries: [KeyImport.Entry]
            do {
                entries = try KeyImport(contents, passphrase: passphrase).entries
            } catch {
                let isLocked = error.code == .wrongPassphrase && passphrase == nil
                return [
                    isLocked
                        ? .fail(
                            Self.content, "\(path): it holds a key that is encrypted with a passphrase.",
                            remedy: "Give the passphrase: --passphrase-file FILE")
                        : .fail(
                            Self.content, "\(path): \(error.reason).",
                            remedy:
                                "Give RSA private keys in PEM, DER or PKCS#12, or make new ones: itsme keys generate")
                ]
            }
            var findings = [modeFinding]
            findings.append(
                .ok(
                    Self.content,
                    """
                    \(path): it holds \(entries.count == 1 ? "a private key" : "\(entries.count) private keys") of another \
                    program. itsme keys generate takes it.
                    """))
            findings += entries.map { entry in
                let name = entry.friendlyName.map { ", name \($0)" } ?? ""
                let subject = entry.certificate.map { ", certificate of \($0.subject)" } ?? ""
                return .ok(Self.keys, "\(path): RSA key of \(entry.key.modulusBits) bits\(name)\(subject).")
            }
            return findings
        }
    }
#endif
