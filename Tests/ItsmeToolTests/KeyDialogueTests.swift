#if Tool
    import Foundation
    import ItsmeRP
    import JOSE
    import XCTest

    @testable import ItsmeTool

    /// What `itsme keys generate` and `rotate` ask a person, and what they make of the answers.
    final class KeyDialogueTests: FolderTestCase {
        /// A person who answers in order.
        private final class Script: KeyDialogue {
            var answers: [String]
            var passphrases: [String]
            var said: [String] = []

            init(_ answers: [String], passphrases: [String] = []) {
                self.answers = answers
                self.passphrases = passphrases
            }

            var isInteractive: Bool { true }

            func say(_ text: String) { said.append(text) }

            func ask(_ question: String, default: String) throws(ToolFailure) -> String {
                said.append(question)
                guard !answers.isEmpty else { throw ToolFailure("no answer to: \(question)") }
                let answer = answers.removeFirst()
                return answer.isEmpty ? `default` : answer
            }

            func askPassphrase(_ question: String) throws(ToolFailure) -> SecretBytes {
                guard !passphrases.isEmpty else { throw ToolFailure("no passphrase") }
                return SecretBytes(Array(passphrases.removeFirst().utf8))
            }
        }

        private func encryptedKey() throws -> (file: String, thumbprint: String) {
            let key = try RSAPrivateKey.generate(bits: 2048)
            let pem = try key.pem(passphrase: SecretBytes(Array("tomato".utf8)))
            try KeyFile(path("key.pem")).create(SecretBytes(Array(pem.utf8)))
            return (path("key.pem"), try JWK(.rsaPrivate(key), keyID: nil, use: nil).thumbprint())
        }

        private func generate(_ script: Script) throws -> KeyRing {
            try KeyGeneration(plan: KeyGeneration.Plan(), dialogue: script, now: Date()).run()
            return try KeyRing(parsing: KeyFile(path("private")).read())
        }

        func testMakesNewKeysForSomebodyWhoHasNone() throws {
            let script = Script([path("private"), path("public"), "no", ""])
            XCTAssertEqual(try generate(script).entries.map(\.modulusBits), [2048, 2048])
            XCTAssertEqual(script.answers, [])
            XCTAssertEqual(script.said.filter { $0.hasPrefix("Do you have") }.count, 2)
        }

        func testTakesTheKeyThatSomebodyHasAndAsksForItsPassphraseAgainAfterAWrongOne() throws {
            let (file, thumbprint) = try encryptedKey()
            let script = Script(
                [path("private"), path("public"), "maybe", "Yes", file, "n"], passphrases: ["potato", "tomato"])
            XCTAssertEqual(try generate(script).entries.first?.keyID, thumbprint)
            XCTAssertTrue(script.said.contains("Answer yes or no."))
            XCTAssertTrue(script.said.contains("That passphrase does not open it."))
            XCTAssertFalse(script.said.joined().contains("tomato"))
        }

        func testAsksBeforeAStepThatMakesLoginsFail() throws {
            let old = try generate(Script([path("private"), path("public"), "no", ""]))
            for (answer, changes) in [("", false), ("yes", true)] {
                let script = Script([answer])
                let rotation = KeyRotation(
                    file: KeyFile(path("private")), use: .signature, dialogue: script, now: Date())
                let outcome = try? rotation.take(.replaceCompromised) { try KeyMaker.newKey(.signature, bits: 2048) }
                XCTAssertEqual(outcome?.ring != nil, changes)
                let kept = try KeyRing(parsing: KeyFile(path("private")).read()).entries.first?.keyID
                XCTAssertEqual(kept != old.entries.first?.keyID, changes)
                XCTAssertTrue(script.said.joined().contains("LOGINS FAIL"), "\(script.said)")
            }
        }

        func testStopsAfterThreeWrongPassphrases() throws {
            let (file, _) = try encryptedKey()
            let script = Script(
                [path("private"), path("public"), "yes", file], passphrases: ["one", "two", "three", "tomato"])
            XCTAssertThrowsError(try generate(script)) { XCTAssertTrue($0 is ToolFailure) }
            XCTAssertEqual(script.passphrases, ["tomato"])
            XCTAssertFalse(FileManager.default.fileExists(atPath: path("private")))
        }
    }
#endif
