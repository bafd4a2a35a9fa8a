import Foundation
import JOSE
import XCTest

/// Runs the vectors of Project Wycheproof from the folder that the environment variable `WYCHEPROOF_DIR` names.
///
/// The vectors are not part of this repository. Each test skips, saying so, without the variable. A case counts as
/// `unsupported` if it is valid but uses an algorithm that this module leaves out; it has to be refused.
final class WycheproofTests: XCTestCase {
    /// What was seen of one file.
    private struct Tally {
        var accepted = 0
        var refused = 0
        var unsupported = 0
        var overridden = 0
        var wrong: [String] = []

        var total: Int { accepted + refused + unsupported + overridden + wrong.count }
    }

    private struct Case {
        let group: JSON
        let test: JSON
        let id: Int64
        let isValid: Bool

        func hexadecimal(_ member: String) throws -> [UInt8] {
            try Self.octets(test.requiredString(member))
        }

        static func octets(_ text: String) -> [UInt8] {
            let digits = text.compactMap(\.hexDigitValue)
            return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
        }
    }

    private enum Verdict {
        case accepted, refused, unsupported
    }

    /// Calls `judge` for each case of a file and compares; `overrides` names cases of which the verdict is ours.
    private func run(
        _ file: String, overrides: [Int64: Verdict] = [:], leavingOut: Set<Int64> = [], line: UInt = #line,
        _ judge: (Case) async throws -> Verdict
    ) async throws {
        guard let folder = ProcessInfo.processInfo.environment["WYCHEPROOF_DIR"] else {
            throw XCTSkip("set WYCHEPROOF_DIR to a folder with the test vectors of Project Wycheproof")
        }
        let data = try Data(contentsOf: URL(fileURLWithPath: folder).appendingPathComponent(file))
        let root = try JSON(parsing: [UInt8](data), limits: JSONLimits(maximumSize: 16 << 20))
        var tally = Tally()
        for group in try root.required("testGroups").elements ?? [] {
            for test in try group.required("tests").elements ?? [] {
                let id = try XCTUnwrap(test.required("tcId").integer)
                // "acceptable" cases are legal but not wanted: a strict reader refuses them.
                let isValid = try test.requiredString("result") == "valid"
                let verdict = try await judge(Case(group: group, test: test, id: id, isValid: isValid))
                if leavingOut.contains(id) {
                    tally.overridden += 1
                    continue
                }
                if let override = overrides[id] {
                    if override != verdict {
                        tally.wrong.append("\(id) (overridden)")
                    } else {
                        tally.overridden += 1
                    }
                    continue
                }
                switch (isValid, verdict) {
                case (true, .accepted): tally.accepted += 1
                case (false, .refused), (false, .unsupported): tally.refused += 1
                case (true, .unsupported): tally.unsupported += 1
                case (true, .refused), (false, .accepted): tally.wrong.append("\(id)")
                }
            }
        }
        XCTAssertEqual(tally.wrong, [], "wrong verdicts in \(file)", line: line)
        XCTAssertEqual(tally.total, Int(try XCTUnwrap(root.required("numberOfTests").integer)), line: line)
        print(
            "Wycheproof \(file): \(tally.total) cases, \(tally.accepted) accepted, \(tally.refused) refused,",
            "\(tally.unsupported) unsupported, \(tally.overridden) overridden, \(tally.wrong.count) wrong")
    }

    // MARK: Primitives

    private func judgeAEAD(_ item: Case, _ algorithm: ContentEncryptionAlgorithm) throws -> Verdict {
        let key = SecretBytes(try item.hexadecimal("key"))
        let (nonce, additionalData) = (try item.hexadecimal("iv"), try item.hexadecimal("aad"))
        let plaintext = try item.hexadecimal("msg")
        let (ciphertext, tag) = (try item.hexadecimal("ct"), try item.hexadecimal("tag"))
        guard nonce.count == algorithm.ivSize else {
            // JOSE has one size of nonces; the other ones have to be refused.
            return hasFailed {
                try AEADCipher.open(
                    ciphertext, tag: tag, key: key, nonce: nonce, additionalData: additionalData, algorithm: algorithm)
            }
                ? .unsupported : .accepted
        }
        if item.isValid {
            let sealed = try AEADCipher.seal(
                plaintext, key: key, nonce: nonce, additionalData: additionalData, algorithm: algorithm)
            XCTAssertEqual(sealed.ciphertext, ciphertext)
            XCTAssertEqual(sealed.tag, tag)
        }
        do {
            let opened = try AEADCipher.open(
                ciphertext, tag: tag, key: key, nonce: nonce, additionalData: additionalData, algorithm: algorithm)
            XCTAssertEqual(opened, plaintext)
            return .accepted
        } catch {
            XCTAssertEqual(error.code, .decryptionFailed)
            return .refused
        }
    }

    private func hasFailed<T>(_ body: () throws -> T) -> Bool {
        (try? body()) == nil
    }

    func testFollowsTheVerdictsOnAESCBCWithHMAC() async throws {
        try await run("a128cbc_hs256_test.json") { try self.judgeAEAD($0, .a128CBC_HS256) }
        try await run("a256cbc_hs512_test.json") { try self.judgeAEAD($0, .a256CBC_HS512) }
    }

    func testFollowsTheVerdictsOnAESGCM() async throws {
        try await run("aes_gcm_test.json") { item in
            switch item.group["keySize"]?.integer {
            case 128: try self.judgeAEAD(item, .a128GCM)
            case 256: try self.judgeAEAD(item, .a256GCM)
            // AES-192 is left out.
            default: .unsupported
            }
        }
    }

    private func judgeOAEP(_ item: Case, _ algorithm: KeyManagementAlgorithm) throws -> Verdict {
        guard case .rsaPrivate(let key) = try JWK(item.group.required("privateKeyJwk")).material else {
            throw MissingMember(name: "d")
        }
        let unwrapper = try LocalUnwrapper(JWK(.rsaPrivate(key), keyID: nil, use: nil))
        let hasLabel = try !item.hexadecimal("label").isEmpty
        do {
            let secret = try unwrapper.unwrap(item.hexadecimal("ct"), algorithm: algorithm)
            XCTAssertEqual(secret.withBytes { span in span.indices.map { span[$0] } }, try item.hexadecimal("msg"))
            return .accepted
        } catch {
            // The label of a JWE is empty.
            return hasLabel ? .unsupported : .refused
        }
    }

    func testFollowsTheVerdictsOnRSAESOAEP() async throws {
        try await run("rsa_oaep_2048_sha1_mgf1sha1_test.json") { try self.judgeOAEP($0, .rsaOAEP) }
        try await run("rsa_oaep_2048_sha256_mgf1sha256_test.json") { try self.judgeOAEP($0, .rsaOAEP256) }
    }

    func testFollowsTheVerdictsOnRSASSAPKCS1() async throws {
        try await run("rsa_signature_2048_sha256_test.json") { item in
            let key = JWK(
                .rsaPublic(try RSAPublicKey(pem: item.group.requiredString("publicKeyPem"))), keyID: nil, use: nil)
            let (signature, message) = (try item.hexadecimal("sig"), try item.hexadecimal("msg"))
            let isGood = try SignatureAlgorithm.rs256.verify(signature.span, over: message.span, with: key)
            return isGood ? .accepted : .refused
        }
    }

    // MARK: JOSE

    private func verify(_ token: String, _ algorithm: SignatureAlgorithm, _ key: JWK) -> Verdict {
        (try? JWS(token).payload(verifiedWith: key, algorithm: algorithm)) == nil ? .refused : .accepted
    }

    /// What a relying party that is configured for the key's algorithm says of a token.
    private func judgeSignature(_ token: String, _ json: JSON) throws -> Verdict {
        let key: JWK
        do {
            key = try JWK(json)
        } catch  where error.code == .unsupportedKeyType {
            return .unsupported
        } catch {
            return .refused
        }
        guard let name = json["alg"]?.string ?? (try? JWS(token).header.algorithm) else {
            return .refused
        }
        guard let algorithm = SignatureAlgorithm(name: name) else {
            return .unsupported
        }
        let verdict = verify(token, algorithm, key)
        // A careless caller, who believes the token's header: the key itself has to tell.
        if let named = (try? JWS(token)).flatMap({ SignatureAlgorithm(name: $0.header.algorithm) }), named != algorithm
        {
            XCTAssertEqual(verify(token, named, key), .refused)
        }
        return verdict
    }

    func testFollowsTheVerdictsOnJSONWebSignatures() async throws {
        let overrides: [Int64: Verdict] = [
            // Labelled valid, with a question mark inside of a segment.
            372: .refused, 373: .refused,
            // PS384 under a key that declares PS256.
            346: .refused, 350: .refused,
        ]
        // Left out are two that are labelled invalid, though identical to a valid one.
        try await run("json_web_signature_test.json", overrides: overrides, leavingOut: [367, 370]) { item in
            let key = try item.group["public"] ?? item.group.required("private")
            return try self.judgeSignature(item.test.requiredString("jws"), key)
        }
    }

    func testFollowsTheVerdictsOnJSONWebKeys() async throws {
        try await run("json_web_key_test.json") { item in
            let set: JWKSet
            do {
                if let published = item.group["public"] {
                    set = try JWKSet(parsingRemote: Array(published.text.utf8))
                } else {
                    set = try JWKSet(parsingOwn: Array(item.group.required("private").text.utf8))
                }
            } catch {
                return .refused
            }
            let token = try item.test.requiredString("jws")
            guard let jws = try? JWS(token), let algorithm = SignatureAlgorithm(name: jws.header.algorithm),
                case .key(let key) = set.verificationKey(keyID: jws.header.keyID, algorithm: algorithm)
            else {
                return .refused
            }
            return self.verify(token, algorithm, key)
        }
    }

    func testFollowsTheVerdictsOnJSONWebEncryption() async throws {
        // 135 is compressed.
        try await run("json_web_encryption_test.json", overrides: [135: .refused]) { item in
            let token = try item.test.requiredString("jwe")
            guard let key = try? JWK(item.group.required("private")) else {
                return .unsupported
            }
            guard let jwe = try? JWE(token) else {
                return .refused
            }
            let encryption = ContentEncryptionAlgorithm(name: try item.test.required("enc").string ?? "")
            guard let encryption else {
                return .unsupported
            }
            let plaintext: [UInt8]?
            switch key.material {
            case .symmetric(let secret):
                guard jwe.header.algorithm == "dir" else {
                    return .unsupported
                }
                plaintext = try? jwe.plaintext(directKey: secret, contentEncryption: encryption)
            default:
                guard let name = key.algorithm, let keyManagement = KeyManagementAlgorithm(name: name) else {
                    return .unsupported
                }
                // The tokens have the key's ID or none.
                let unwrapper = try LocalUnwrapper(key)
                plaintext = try? await jwe.plaintext(
                    using: [unwrapper], keyManagement: keyManagement, contentEncryption: encryption)
            }
            guard let plaintext else {
                return .refused
            }
            XCTAssertEqual(plaintext, try item.hexadecimal("pt"), "\(item.id)")
            return .accepted
        }
    }
}
