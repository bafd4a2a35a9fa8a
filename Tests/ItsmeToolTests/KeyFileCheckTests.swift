#if Tool
    import Foundation
    import ItsmeRP
    import JOSE
    import XCTest

    /// `itsme keys check` and `itsme keys sealing-key`
    final class KeyFileCheckTests: FolderTestCase {
        private func check(_ files: String..., options: [String] = []) throws -> (status: Int32, output: String) {
            try ToolProcess(["keys", "check"] + files + options).result()
        }

        private func generate() throws {
            let made = try ToolProcess([
                "keys", "generate", "--non-interactive", "--out-private", path("private"), "--out-public",
                path("public"),
            ]).result()
            XCTAssertEqual(made.status, 0, made.output)
        }

        private func write(_ text: String, _ name: String, mode: Int = 0o600) throws -> String {
            try Data(text.utf8).write(to: folder.appendingPathComponent(name))
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path(name))
            return path(name)
        }

        func testTellsThePrivateFileFromThePublicOne() throws {
            try generate()
            let result = try check(path("private"), path("public"))
            XCTAssertEqual(result.status, 0, result.output)
            XCTAssertTrue(result.output.contains("\(path("private")): it is a private key file"), result.output)
            XCTAssertTrue(result.output.contains("\(path("public")): it is a public JWK Set"), result.output)
            let contents = try String(contentsOfFile: path("private"), encoding: .utf8)
            let secret = try XCTUnwrap(try JSON(parsing: contents)["keys"]?.elements?.first?["d"]?.string)
            XCTAssertFalse(result.output.contains(secret.prefix(16)))
        }

        func testFindsAPrivateFileThatOthersCanRead() throws {
            try generate()
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path("private"))
            let result = try check(path("private"))
            XCTAssertEqual(result.status, 1, result.output)
            XCTAssertTrue(result.output.contains("chmod 600"), result.output)
        }

        func testFindsWhatItsmeCannotUseInAPublicSet() throws {
            try generate()
            let text = try String(contentsOfFile: path("public"), encoding: .utf8)
            let result = try check(write(text.replacing("\"enc\"", with: "\"sig\""), "two-sig"))
            XCTAssertEqual(result.status, 1, result.output)
            XCTAssertTrue(result.output.contains("no usable key with \"use\": \"enc\""), result.output)
            let curve = try check(write(#"{"keys": [{"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}]}"#, "curve"))
            XCTAssertEqual(curve.status, 1, curve.output)
            XCTAssertTrue(curve.output.contains("key 1 cannot be used"), curve.output)
            let other = try check(write("{}", "other"))
            XCTAssertTrue(other.output.contains("no JWK Set"), other.output)
        }

        func testReadsKeysOfOtherPrograms() throws {
            let key = try RSAPrivateKey.generate(bits: 2048)
            let file = try write(key.pem(passphrase: SecretBytes(Array("tomato".utf8))), "key.pem")
            let locked = try check(file)
            XCTAssertEqual(locked.status, 1, locked.output)
            XCTAssertTrue(locked.output.contains("--passphrase-file"), locked.output)
            let opened = try check(file, options: ["--passphrase-file", write("tomato\n", "pass")])
            XCTAssertEqual(opened.status, 0, opened.output)
            XCTAssertTrue(opened.output.contains("RSA key of 2048 bits"), opened.output)
            XCTAssertFalse(opened.output.contains("tomato"))
            let wrong = try check(file, options: ["--passphrase-file", write("potato\n", "wrong")])
            XCTAssertEqual(wrong.status, 1, wrong.output)
            let java = try check(write("\u{FE}", "not-a-key"), path("nowhere"))
            XCTAssertEqual(java.status, 1, java.output)
            XCTAssertEqual(java.output.components(separatedBy: "to do:").count, 3, java.output)
        }

        func testMakesASealingKeyThatTheSettingsTake() throws {
            let printed = try ToolProcess(["keys", "sealing-key"]).result()
            XCTAssertEqual(printed.status, 0, printed.output)
            let text = printed.output.trimmingCharacters(in: .newlines)
            XCTAssertEqual(Data(base64Encoded: text)?.count, 32)
            let other = try ToolProcess(["keys", "sealing-key"]).result()
            XCTAssertNotEqual(printed.output, other.output)

            let written = try ToolProcess(["keys", "sealing-key", "--out", path("seal")]).result()
            XCTAssertEqual(written.status, 0, written.output)
            XCTAssertTrue(written.output.contains("ITSME_SEALING_KEY_FILE='\(path("seal"))'"), written.output)
            let mode = try FileManager.default.attributesOfItem(atPath: path("seal"))[.posixPermissions] as? Int
            XCTAssertEqual(mode, 0o600)
            let config = try ToolProcess(["config", "--itsme-sealing-key-file", path("seal")]).result()
            XCTAssertFalse(config.output.contains("SEALING_KEY"), config.output)
            let again = try ToolProcess(["keys", "sealing-key", "--out", path("seal")]).result()
            XCTAssertEqual(again.status, 1, again.output)
        }

        func testShowsTheKeysAsJSON() throws {
            try generate()
            let result = try ToolProcess(["keys", "show", "--json", path("private")]).result()
            XCTAssertEqual(result.status, 0, result.output)
            let json = try JSON(parsing: result.output.trimmingCharacters(in: .newlines))
            XCTAssertEqual(json["keys"]?.elements?.compactMap { $0["use"]?.string }, ["sig", "enc"])
            XCTAssertEqual(json["nextSteps"]?.elements?.compactMap { $0["isDue"]?.bool }, [false, false])
        }
    }
#endif
