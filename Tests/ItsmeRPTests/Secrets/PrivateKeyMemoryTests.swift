#if os(Linux)
    import Foundation
    import ItsmeRP
    import JOSE
    import TestSupport
    import XCTest

    /// What is left of a private key in the memory of a process that read it, used it and let it go.
    ///
    /// Each way of reading runs in a process of its own, which knows the key from its file alone: the test makes the key and
    /// the file before, and tells the process what to look for.
    final class PrivateKeyMemoryTests: XCTestCase {
        private enum Way: String, CaseIterable {
            case pem, encryptedPEM, imported, pkcs12, ring
        }

        private static let passphrase = "a passphrase of some length"

        /// What the C library may use: all that there is, no AVX-512, no AVX at all. Other libraries ignore it.
        private static let processors = [
            [:], ["GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX512F,-AVX512VL,-AVX512BW"],
            ["GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX512F,-AVX512VL,-AVX512BW,-AVX2,-AVX"],
            // OpenSSL without instructions for AES: the last block that it decrypts stays in a register.
            ["OPENSSL_ia32cap": ":0"],
        ]

        func testLeavesNothingOfAKeyThatIsLetGo() async throws {
            try XCTSkipIf(Sanitizer.isOn, "a sanitizer keeps memory that was let go, and has too much of its own")
            if let task = OwnProcess.task {
                let way = try XCTUnwrap(Way(rawValue: String(task.prefix { $0 != " " })))
                return try await readUseAndLetGo(way, directory: String(task.drop { $0 != " " }.dropFirst()))
            }
            // Several times: what is left is often overwritten by the next allocation, by chance. And with the vector
            // instructions of several processors: what copies memory, and what is left in registers, depends on them.
            for (way, environment) in Way.allCases.flatMap({ way in Self.processors.map { (way, $0) } }) {
                let directory = FileManager.default.temporaryDirectory.appending(component: "itsmerp-\(UUID())")
                try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
                defer { try? FileManager.default.removeItem(at: directory) }
                try write(way, directory.path)
                let child = try OwnProcess(
                    of: "ItsmeRPTests.PrivateKeyMemoryTests/testLeavesNothingOfAKeyThatIsLetGo",
                    task: "\(way) \(directory.path)", environment: environment)
                XCTAssertEqual(child.status, 0, "\(way) \(environment): \(child.output.suffix(2000))")
                XCTAssertTrue(child.output.contains("scanned \(way)"), child.output)
            }
        }

        // MARK: The parent

        private func write(_ way: Way, _ directory: String) throws {
            let key = try RSAPrivateKey.generate()
            let file = KeyFile(directory + "/key")
            let jwk = JWK(.rsaPrivate(key), keyID: nil, use: .signature)
            var needles: [UInt8] = []
            let json = try jwk.privateJSON()
            for member in ["d", "p", "q", "dp", "dq", "qi"] {
                guard case .string(let text)? = json[member] else { continue }
                let bytes = try Base64URL.decode(text)
                // As in files, and as OpenSSL holds it: the least significant byte first.
                needles += MemoryScan.needle(bytes, at: 40)
                needles += MemoryScan.needle(bytes.reversed(), at: 40)
                if way == .ring { needles += MemoryScan.needle(Array(text.utf8), at: 60) }
            }
            let pem = try key.pem()
            switch way {
            case .pem:
                try file.create(SecretBytes(Array(pem.utf8)))
                for line in pem.split(separator: "\n").dropFirst(3).prefix(20) {
                    needles += MemoryScan.needle(Array(line.utf8), at: 8)
                }
            case .encryptedPEM, .imported:
                let passphrase = SecretBytes(Array(Self.passphrase.utf8))
                try file.create(SecretBytes(Array(key.pem(passphrase: passphrase).utf8)))
            case .pkcs12:
                let owner = try OpenSSLKeyFile(keyPEM: pem)
                try file.create(SecretBytes(owner.pkcs12(passphrase: Self.passphrase, certificateOf: owner)))
            case .ring:
                try file.create(
                    KeyRing(
                        signing: jwk, encryption: JWK(.rsaPrivate(.generate()), keyID: nil, use: .encryption), at: .now
                    ).serialized())
            }
            try Data(needles).write(to: URL(fileURLWithPath: directory + "/needles"))
        }

        // MARK: The process of its own

        private static var secretPassphrase: SecretBytes { SecretBytes(Array(passphrase.utf8)) }

        private static func signer(_ key: RSAPrivateKey) throws -> any KeySigner {
            try LocalSigner(JWK(.rsaPrivate(key), keyID: nil, use: .signature))
        }

        private func readUseAndLetGo(_ way: Way, directory: String) async throws {
            let needles = [UInt8](try Data(contentsOf: URL(fileURLWithPath: directory + "/needles")))
            let scan = MemoryScan(needles: needles)
            XCTAssertEqual(try scan.places().reduce(0, +), 0, "the key was in memory before it was read")
            let file = KeyFile(directory + "/key")
            var signer: (any KeySigner)? =
                switch way {
                case .pem: try Self.signer(RSAPrivateKey(pem: file.read()))
                case .encryptedPEM: try Self.signer(RSAPrivateKey(pem: file.read(), passphrase: Self.secretPassphrase))
                case .imported:
                    try KeyImport(file.read(), passphrase: Self.secretPassphrase).entries.first.map {
                        try Self.signer($0.key)
                    }
                case .pkcs12: try Self.signer(RSAPrivateKey(pkcs12: file.read(), passphrase: Self.secretPassphrase))
                case .ring: try ClientKeyRing(KeyRing(parsing: file.read())).clientKeys.signer
                }
            _ = try await signer?.signature(over: [1, 2, 3])
            // Otherwise nothing that is found afterwards would mean anything.
            XCTAssertGreaterThan(try scan.places().reduce(0, +), 0, "the scan does not see a key that is in use")
            signer = nil
            XCTAssertEqual(try scan.places(), Array(repeating: 0, count: needles.count / MemoryScan.width))
            print("scanned \(way)")
        }
    }
#endif
