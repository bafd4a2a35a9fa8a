import COpenSSL
import COpenSSLEngine
import Foundation
package import JOSE
import Synchronization

/// A hardware security module in software: a token of SoftHSM 2, reached through OpenSSL's PKCS#11 engine. The private
/// keys never leave it.
package final class SoftHSM: Sendable {
    /// Why there is no such module here; tests skip with it.
    package struct Missing: Error, CustomStringConvertible {
        package let description: String
    }

    private static let pin = "1234"
    private let engine: Engine
    private let directory: URL

    /// OpenSSL's engine, which lives as long as the process. One call at a time.
    private final class Engine: @unchecked Sendable {
        private let pointer: UnsafeMutableRawPointer
        private let lock = Mutex<Void>(())

        init?(module: String) {
            guard let pointer = itsmerp_engine_open(module) else { return nil }
            self.pointer = pointer
        }

        /// Calls `body` with the key, or gives `nil` if the token does not have it or is not there.
        func withKey<Result>(_ uri: String, _ body: (OpaquePointer) throws -> Result) rethrows -> Result? {
            try lock.withLock { _ in
                guard let key = itsmerp_engine_private_key(pointer, uri) else { return nil }
                defer { EVP_PKEY_free(key) }
                return try body(key)
            }
        }
    }

    /// Makes a token with one RSA key of 2048 bits for each label. One per process: a PKCS#11 module reads its
    /// configuration once.
    package init(keys labels: [String]) throws {
        let modules = [
            "/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/softhsm/libsofthsm2.so", "/usr/lib64/pkcs11/libsofthsm2.so",
        ]
        guard let module = modules.first(where: FileManager.default.fileExists(atPath:)) else {
            throw Missing(description: "SoftHSM is not installed (Debian: softhsm2)")
        }
        directory = FileManager.default.temporaryDirectory.appendingPathComponent("softhsm-\(UUID().uuidString)")
        let tokens = directory.appendingPathComponent("tokens")
        try FileManager.default.createDirectory(at: tokens, withIntermediateDirectories: true)
        let configuration = directory.appendingPathComponent("softhsm2.conf")
        try Data("directories.tokendir = \(tokens.path)\nobjectstore.backend = file\nlog.level = ERROR\n".utf8)
            .write(to: configuration)
        setenv("SOFTHSM2_CONF", configuration.path, 1)
        try Self.run(
            "softhsm2-util",
            ["--init-token", "--free", "--label", "itsme", "--pin", Self.pin, "--so-pin", "5678"], "softhsm2")
        for (index, label) in labels.enumerated() {
            try Self.run(
                "pkcs11-tool",
                [
                    "--module", module, "--login", "--pin", Self.pin, "--keypairgen", "--key-type", "rsa:2048",
                    "--label", label, "--id", "0\(index + 1)",
                ], "opensc")
        }
        guard let engine = Engine(module: module) else {
            throw Missing(description: "OpenSSL has no engine pkcs11 (Debian: libengine-pkcs11-openssl)")
        }
        self.engine = engine
    }

    private static func run(_ tool: String, _ arguments: [String], _ package: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [tool] + arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Missing(
                description: "\(tool) ended with status \(process.terminationStatus) (Debian: \(package))")
        }
    }

    package func remove() {
        try? FileManager.default.removeItem(at: directory)
    }

    private static func uri(_ label: String, pin: String) -> String {
        "pkcs11:token=itsme;object=\(label);type=private;pin-value=\(pin)"
    }

    /// The public half of a key.
    package func publicKey(_ label: String, use: KeyUse) throws -> JWK {
        let pem = try engine.withKey(Self.uri(label, pin: Self.pin)) { key -> String in
            guard let output = BIO_new(BIO_s_mem()) else { throw Missing(description: "out of memory") }
            defer { BIO_free(output) }
            PEM_write_bio_PUBKEY(output, key)
            var start: UnsafeMutablePointer<CChar>?
            let size = itsmerp_BIO_get_mem_data(output, &start)
            return String(decoding: UnsafeRawBufferPointer(start: start, count: size), as: UTF8.self)
        }
        guard let pem else { throw Missing(description: "the token has no key \(label)") }
        return JWK(.rsaPublic(try RSAPublicKey(pem: pem)), keyID: label, use: use)
    }

    /// A key in the token.
    package struct Key: Sendable {
        fileprivate let module: SoftHSM
        fileprivate let uri: String
        package let keyID: String?

        fileprivate func use(_ body: (OpaquePointer, inout [UInt8], inout Int) -> CInt) throws -> [UInt8] {
            var output = [UInt8](repeating: 0, count: 256)
            var size = output.count
            let status = module.engine.withKey(uri) { body($0, &output, &size) }
            // The session was opened without a look at the input, so this tells nothing about it.
            guard let status else { throw KeyUnavailable("the token does not open") }
            guard status == 1 else { throw Missing(description: "the token refuses the input") }
            return Array(output.prefix(size))
        }
    }

    package func key(_ label: String, pin: String? = nil) -> Key {
        Key(module: self, uri: Self.uri(label, pin: pin ?? Self.pin), keyID: label)
    }
}

extension SoftHSM.Key: KeySigner {
    package var algorithm: SignatureAlgorithm { .rs256 }

    package func signature(over input: [UInt8]) async throws -> [UInt8] {
        try use { itsmerp_engine_sign($0, input, input.count, &$1, &$2) }
    }
}

extension SoftHSM.Key: KeyUnwrapper {
    package var modulusSize: Int { 256 }

    package func supports(_ algorithm: KeyManagementAlgorithm) -> Bool {
        algorithm == .rsaOAEP || algorithm == .rsaOAEP256
    }

    package func unwrap(_ encryptedKey: [UInt8], algorithm: KeyManagementAlgorithm) async throws -> SecretBytes {
        let isSHA256: CInt = algorithm == .rsaOAEP256 ? 1 : 0
        var bytes = try use { itsmerp_engine_decrypt($0, isSHA256, encryptedKey, encryptedKey.count, &$1, &$2) }
        return SecretBytes(taking: &bytes)
    }
}
