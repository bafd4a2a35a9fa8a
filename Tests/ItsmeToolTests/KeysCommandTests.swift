#if Tool
    import Foundation
    import ItsmeRP
    import JOSE
    import XCTest

    /// `itsme keys`
    final class KeysCommandTests: FolderTestCase {
        private func run(_ arguments: String...) throws -> (status: Int32, output: String) {
            try ToolProcess(["keys"] + arguments).result()
        }

        private func generate(_ options: String...) throws -> (status: Int32, output: String) {
            try ToolProcess(
                [
                    "keys", "generate", "--non-interactive", "--out-private", path("private"), "--out-public",
                    path("public"),
                ]
                    + options
            ).result()
        }

        private func ring() throws -> KeyRing { try KeyRing(parsing: KeyFile(path("private")).read()) }

        private func write(_ text: String, _ name: String, mode: Int = 0o600) throws -> String {
            try Data(text.utf8).write(to: folder.appendingPathComponent(name))
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path(name))
            return path(name)
        }

        /// A copy of one of the repository's keys that only its owner can read.
        private func copy(_ fixture: String, _ name: String) throws -> String {
            let keys = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../Fixtures/keys").standardized
            try Data(contentsOf: keys.appendingPathComponent(fixture)).write(to: folder.appendingPathComponent(name))
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path(name))
            return path(name)
        }

        private func assertNoSecret(of ring: KeyRing, in output: String, line: UInt = #line) throws {
            let bytes = try ring.serialized().withBytes { span in span.indices.map { span[$0] } }
            for key in try JSON(parsing: bytes)["keys"]?.elements ?? [] {
                for name in ["d", "p", "q", "dp", "dq", "qi"] {
                    let number = try XCTUnwrap(key[name]?.string)
                    XCTAssertFalse(output.contains(number.prefix(16)), name, line: line)
                }
            }
        }

        func testMakesAPrivateRingAndAPublicSet() throws {
            let result = try generate()
            XCTAssertEqual(result.status, 0, result.output)
            let mode = try FileManager.default.attributesOfItem(atPath: path("private"))[.posixPermissions] as? Int
            XCTAssertEqual(mode, 0o600)
            let ring = try ring()
            XCTAssertEqual(ring.entries.map(\.modulusBits), [2048, 2048])
            XCTAssertNoThrow(try ClientKeyRing(ring))
            let published = try JWKSet(parsingRemote: Array(Data(contentsOf: folder.appendingPathComponent("public"))))
            XCTAssertEqual(published.skipped.count, 0)
            XCTAssertEqual(published.keys.map(\.use), [.signature, .encryption])
            XCTAssertEqual(published.keys.map(\.keyID), ring.entries.map(\.keyID))
            XCTAssertTrue(result.output.contains("What to do next"), result.output)
            try assertNoSecret(of: ring, in: result.output)
        }

        /// Runs the command that `text` tells a person to type, by a shell.
        private func runPrinted(_ command: String, in text: String) throws -> (status: Int32, output: String) {
            let start = try XCTUnwrap(text.range(of: "itsme keys \(command) "), text).lowerBound
            return try ToolProcess(shell: String(text[start...].prefix { $0 != "\n" })).result()
        }

        func testTheCommandsThatItPrintsWorkAsTheyAreWritten() throws {
            let file = path("it's private")
            let nowhere = path("missing/public")
            let unpublished = try run("generate", "--non-interactive", "--out-private", file, "--out-public", nowhere)
            XCTAssertEqual(unpublished.status, 1, unpublished.output)
            let begun = try run("rotate", file, "enc", "begin", "--out-public", nowhere)
            XCTAssertEqual(begun.status, 1, begun.output)
            for output in [unpublished.output, begun.output] {
                let shown = try runPrinted("show", in: output)
                XCTAssertEqual(shown.status, 0, shown.output)
                XCTAssertTrue(shown.output.contains("\"keys\""), shown.output)
            }

            try FileManager.default.removeItem(atPath: file)
            let made = try run("generate", "--non-interactive", "--out-private", file, "--out-public", path("public"))
            let rotated = try runPrinted("rotate", in: made.output)
            XCTAssertEqual(rotated.status, 0, rotated.output)
        }

        func testSaysThatAPublicSetIsNotThePrivateFile() throws {
            XCTAssertEqual(try generate().status, 0)
            for mode in [0o644, 0o600] {
                try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path("public"))
                let rotated = try run("rotate", path("public"), "sig", "begin")
                XCTAssertEqual(rotated.status, 1, rotated.output)
                XCTAssertTrue(rotated.output.contains("Give the private key file"), rotated.output)
            }
        }

        func testNeverOverwritesAFile() throws {
            for name in ["private", "public"] {
                _ = try write("precious", name)
                let result = try generate()
                XCTAssertEqual(result.status, 1)
                XCTAssertTrue(result.output.contains(path(name)), result.output)
                XCTAssertEqual(try String(contentsOfFile: path(name), encoding: .utf8), "precious")
                try FileManager.default.removeItem(atPath: path(name))
            }
            XCTAssertEqual(try FileManager.default.contentsOfDirectory(atPath: folder.path), [])
        }

        func testTakesAKeyInPEMWithAPassphrase() throws {
            let key = try RSAPrivateKey.generate(bits: 2048)
            let thumbprint = try JWK(.rsaPrivate(key), keyID: nil, use: nil).thumbprint()
            let file = try write(key.pem(passphrase: SecretBytes(Array("tomato".utf8))), "key.pem")
            let result = try generate("--signing-key", file, "--passphrase-file", write("tomato\n", "pass"))
            XCTAssertEqual(result.status, 0, result.output)
            XCTAssertEqual(try ring().entries.first?.keyID, thumbprint)
            XCTAssertFalse(result.output.contains("tomato"))
        }

        func testTakesBothKeysOfAJavaKeystore() throws {
            _ = try copy("java-keystore.p12", "keys.p12")
            let passphrase = try write("changeit", "pass")
            // As a clone leaves it: readable by all.
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path("keys.p12"))
            let open = try generate("--pkcs12", path("keys.p12"), "--passphrase-file", passphrase)
            XCTAssertEqual(open.status, 1)
            XCTAssertTrue(open.output.contains("chmod 600"), open.output)
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path("keys.p12"))
            let result = try generate("--pkcs12", path("keys.p12"), "--passphrase-file", passphrase)
            XCTAssertEqual(result.status, 0, result.output)
            XCTAssertTrue(result.output.contains("CN=Signing,O=Example Bank,C=BE"), result.output)
            XCTAssertTrue(result.output.contains("CN=Encryption,O=Example Bank,C=BE"), result.output)
        }

        func testSaysWhatIsWrongWithAKeyFile() throws {
            let key = try RSAPrivateKey.generate(bits: 2048)
            let encrypted = try write(key.pem(passphrase: SecretBytes(Array("tomato".utf8))), "encrypted.pem")
            let plain = try write(key.pem(), "plain.pem")
            let cases: [([String], String)] = [
                (["--signing-key", encrypted], "--passphrase-file"),
                (["--signing-key", encrypted, "--passphrase-file", try write("potato", "pass")], "is wrong"),
                (["--signing-key", try write(key.pem(), "open.pem", mode: 0o644)], "chmod 600"),
                (["--signing-key", path("missing.pem")], "no such file"),
                (["--signing-key", try write("hello", "text")], "no private key"),
                (["--signing-key", plain, "--encryption-key", plain], "holds one key twice"),
            ]
            for (options, words) in cases {
                let result = try ToolProcess(
                    [
                        "keys", "generate", "--non-interactive", "--out-private", path("private"), "--out-public",
                        path("public"),
                    ] + options
                ).result()
                XCTAssertEqual(result.status, 1, result.output)
                XCTAssertTrue(result.output.contains(words), result.output)
                XCTAssertFalse(FileManager.default.fileExists(atPath: path("private")))
            }
        }

        func testTakesAKeyInDERAndOneAmongCertificatesAndOtherKeys() throws {
            let key = try RSAPrivateKey.generate(bits: 2048)
            let lines = try key.pem().split(separator: "\n").dropFirst().dropLast()
            let der = try XCTUnwrap(Data(base64Encoded: lines.joined()))
            let signing = try write("", "key.der")
            try der.write(to: URL(fileURLWithPath: signing))
            let result = try generate(
                "--signing-key", signing, "--encryption-key", copy("java-mixed.p12", "mixed.p12"), "--passphrase-file",
                write("changeit", "pass"))
            // The name of the only RSA key is that of a signing key.
            XCTAssertEqual(result.status, 1, result.output)
            XCTAssertTrue(result.output.contains("swapped"), result.output)
            let right = try generate(
                "--encryption-key", signing, "--signing-key", path("mixed.p12"), "--passphrase-file", path("pass"))
            XCTAssertEqual(right.status, 0, right.output)
            XCTAssertTrue(right.output.contains("CN=Signing,O=Example Bank,C=BE"), right.output)
        }

        func testSaysOfAFileThatItDoesNotReadWhatItIsAndHowToConvertIt() throws {
            for (fixture, passphrase, words) in [
                ("openssh-rsa.key", "tomato", "ssh-keygen -p -m PKCS8"),
                ("keystore.jks", "changeit", "keytool -importkeystore"),
                ("legacy-rc2.p12", "secret", "openssl pkcs12 -legacy"),
                ("legacy-rc2.pem", "secret", "openssl pkcs8 -topk8"),
                ("pkcs8-md5-des.der", "secret", "openssl pkcs8 -topk8"),
                ("rsa-pkcs1-rfc1421.pem", "tomato", "RFC 1421"),
            ] {
                let file = try copy(fixture, fixture)
                let result = try generate("--signing-key", file, "--passphrase-file", write(passphrase, "pass"))
                XCTAssertEqual(result.status, 1, result.output)
                XCTAssertTrue(result.output.contains("\(file): "), result.output)
                XCTAssertTrue(result.output.contains(words), result.output)
            }
        }

        func testNamesThePathOfAFileOnce() throws {
            let file = try write("{}", "ring.json")
            for arguments in [["show", file], ["rotate", file, "sig", "cancel"]] {
                let result = try ToolProcess(["keys"] + arguments).result()
                XCTAssertEqual(result.status, 1)
                XCTAssertEqual(result.output.components(separatedBy: file).count, 2, result.output)
            }
        }

        func testTakesNoPassphraseOnTheCommandLine() throws {
            XCTAssertEqual(try generate("--passphrase", "tomato").status, 64)
            XCTAssertEqual(try generate("--bits", "1024").status, 64)
            XCTAssertEqual(try generate("--cache-lifetime", "60").status, 64)
            XCTAssertEqual(try generate("--pkcs12", "a", "--signing-key", "b").status, 64)
        }

        func testAsksNothingWithoutATerminal() throws {
            let result = try run("generate", "--out-private", path("private"), "--out-public", path("public"))
            XCTAssertEqual(result.status, 1)
            XCTAssertTrue(result.output.contains("--non-interactive"), result.output)
        }

        func testShowsPublicFactsOnly() throws {
            XCTAssertEqual(try generate().status, 0)
            let shown = try run("show", path("private"))
            XCTAssertEqual(shown.status, 0)
            let ring = try ring()
            for entry in ring.entries { XCTAssertTrue(shown.output.contains(entry.keyID), shown.output) }
            try assertNoSecret(of: ring, in: shown.output)
            let set = try run("show", path("private"), "--public").output
            XCTAssertEqual(set, try String(contentsOfFile: path("public"), encoding: .utf8))
            try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path("private"))
            XCTAssertEqual(try run("show", path("private")).status, 1)
        }

        func testRotatesInStepsAndRefusesTheWrongOnes() throws {
            XCTAssertEqual(try generate("--cache-lifetime", "1800", "--propagation", "0").status, 0)
            let first = try ring()
            XCTAssertEqual(try run("rotate", path("private"), "sig", "continue").status, 1)
            XCTAssertEqual(try run("rotate", path("private"), "sig", "revert").status, 1)
            let begun = try run("rotate", path("private"), "sig", "begin", "--out-public", path("public"))
            XCTAssertEqual(begun.status, 0, begun.output)
            XCTAssertTrue(begun.output.contains("publish it again"), begun.output)
            let next = try XCTUnwrap(begun.output.split(separator: "\n").first { $0.hasPrefix("sig: next: ") })
            XCTAssertTrue(next.hasPrefix("sig: next: sign with the new key, from 20"), begun.output)
            XCTAssertEqual(try runPrinted("rotate", in: String(next)).status, 75)
            XCTAssertEqual(try ring().entries.count, 3)
            XCTAssertEqual(
                try JWKSet(parsingRemote: Array(Data(contentsOf: folder.appendingPathComponent("public")))).keys.count,
                3)
            let early = try run("rotate", path("private"), "sig", "continue")
            XCTAssertEqual(early.status, 75, "a job tries again later")
            XCTAssertTrue(early.output.contains("Wait until"), early.output)
            XCTAssertEqual(try run("rotate", path("private"), "sig", "cancel").status, 0)
            XCTAssertEqual(try ring().entries.map(\.keyID), first.entries.map(\.keyID))
            // Nothing has to be waited for before an encryption key that every instance knows is published.
            let prepared = try run("rotate", path("private"), "enc", "begin")
            XCTAssertEqual(prepared.status, 0, prepared.output)
            XCTAssertTrue(prepared.output.contains("The public keys did not change."), prepared.output)
            XCTAssertEqual(try run("rotate", path("private"), "enc", "continue").status, 0)
            XCTAssertEqual(try run("rotate", path("private"), "enc", "continue").status, 75)
            XCTAssertEqual(try run("rotate", path("private"), "enc", "replace-compromised").status, 1)
            let replaced = try run("rotate", path("private"), "sig", "replace-compromised")
            XCTAssertEqual(replaced.status, 0, replaced.output)
            XCTAssertTrue(replaced.output.contains("LOGINS FAIL from now on"), replaced.output)
            XCTAssertTrue(replaced.output.contains("up to 30 minutes. Publish it now"), replaced.output)
            XCTAssertFalse(replaced.output.contains("was dropped"), replaced.output)
            XCTAssertFalse(try ring().entries.contains { $0.keyID == first.entries.first?.keyID })
            XCTAssertEqual(try ring().revision, 6)
            XCTAssertEqual(try run("rotate", path("private"), "sig", "begin").status, 0)
            let dropped = try run("rotate", path("private"), "sig", "replace-compromised").output
            XCTAssertTrue(dropped.contains("The next key, which was prepared for a rotation, was dropped"), dropped)
        }
    }
#endif
