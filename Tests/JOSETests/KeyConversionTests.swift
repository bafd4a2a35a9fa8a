import Foundation
import JOSE
import TestSupport
import XCTest

/// Files that are not read: each is called by its name, and the command in the error makes one of it that is read.
final class KeyConversionTests: XCTestCase {
    private var folder = URL(fileURLWithPath: "")

    override func setUpWithError() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    override func tearDownWithError() throws {
        try FileManager.default.removeItem(at: folder)
    }

    private func secret(_ text: String) -> SecretBytes { SecretBytes(Array(text.utf8)) }

    /// Expects that the file is refused with the words, and that the command makes a good file of it.
    ///
    /// - Parameters:
    ///   - old: The name that the command has for the file.
    ///   - tool: What has to run for the command; without it only the words are tested, then the test is skipped.
    ///   - answers: What the command asks. The last is the passphrase of the new file.
    private func assertConverts(
        _ contents: [UInt8], passphrase: String, _ code: JOSEError.Code, _ words: String, old: String, new: String,
        tool: String, answers: [String], subjects: [String?], line: UInt = #line
    ) throws {
        var refusal: JOSEError?
        XCTAssertThrowsError(
            try KeyImport(SecretBytes(contents), passphrase: secret(passphrase)), line: line
        ) { refusal = $0 as? JOSEError }
        let error = try XCTUnwrap(refusal, line: line)
        XCTAssertEqual(error.code, code, line: line)
        XCTAssertTrue(error.reason.contains(words), error.reason, line: line)
        let command = try XCTUnwrap(ShellCommand(ofReason: error.reason), error.reason, line: line)
        XCTAssertTrue(command.text.contains(old) && command.text.contains(new), command.text, line: line)
        guard ShellCommand.canRun(tool) else {
            throw XCTSkip("`\(tool)` fails here, so this was not run: \(command.text)")
        }
        let file = folder.appendingPathComponent(old)
        try Data(contents).write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
        let result = try command.run(in: folder, answers: answers)
        XCTAssertEqual(result.status, 0, result.output, line: line)
        let converted = folder.appendingPathComponent(new)
        let mode = try FileManager.default.attributesOfItem(atPath: converted.path)[.posixPermissions] as? Int
        XCTAssertEqual(mode, 0o600, "only its owner can read the new file", line: line)
        let made = [UInt8](try Data(contentsOf: converted))
        assertThrows(.wrongPassphrase) { try KeyImport(SecretBytes(made), passphrase: nil) }
        let read = try KeyImport(SecretBytes(made), passphrase: secret(XCTUnwrap(answers.last)))
        XCTAssertEqual(read.entries.map(\.certificate?.subject), subjects, line: line)
    }

    private let openSSL = "openssl list -providers -provider legacy"

    private func assertConvertsKey(
        _ contents: [UInt8], passphrase: String, _ code: JOSEError.Code, _ words: String, line: UInt = #line
    ) throws {
        try assertConverts(
            contents, passphrase: passphrase, code, words, old: "old.key", new: "new.pem", tool: openSSL,
            answers: [passphrase, "fresh", "fresh"], subjects: [nil], line: line)
    }

    func testLegacyPKCS8InPEMCanBeConvertedAsTheErrorSays() throws {
        try assertConvertsKey(
            Fixture.bytes("keys/legacy-rc2.pem"), passphrase: "secret", .unsupportedKeyEncryption, "legacy provider")
    }

    func testLegacyPKCS8InDERCanBeConvertedAsTheErrorSays() throws {
        try assertConvertsKey(
            Fixture.bytes("keys/pkcs8-md5-des.der"), passphrase: "secret", .unsupportedKeyEncryption, "legacy provider")
    }

    func testAKeyWithTheEncryptionOfRFC1421CanBeConvertedAsTheErrorSays() throws {
        try assertConvertsKey(
            Fixture.bytes("keys/rsa-pkcs1-rfc1421.pem"), passphrase: "tomato", .malformedPEM, "RFC 1421")
    }

    func testLegacyPKCS12WithTheCertificateFirstCanBeConvertedAsTheErrorSays() throws {
        try assertConverts(
            Fixture.bytes("keys/legacy-rc2.p12"), passphrase: "secret", .unsupportedKeyEncryption, "RC2",
            old: "old.p12", new: "new.pem", tool: openSSL, answers: ["secret", "fresh", "fresh"],
            subjects: ["CN=sig,O=Example Bank,C=BE"])
    }

    func testALegacyKeystoreKeepsBothKeysAndTheirNames() throws {
        try assertConverts(
            Fixture.bytes("keys/java-legacy.p12"), passphrase: "changeit", .unsupportedKeyEncryption, "RC2",
            old: "old.p12", new: "new.pem", tool: openSSL,
            answers: ["changeit", "fresh", "fresh", "fresh", "fresh"],
            subjects: ["CN=Signing,O=Example Bank,C=BE", "CN=Encryption,O=Example Bank,C=BE"])
        let made = [UInt8](try Data(contentsOf: folder.appendingPathComponent("new.pem")))
        XCTAssertEqual(
            try KeyImport(SecretBytes(made), passphrase: secret("fresh")).entries.map(\.friendlyName), ["sig", "enc"])
    }

    func testAKeyInTheFormatOfOpenSSHCanBeConvertedAsTheErrorSays() throws {
        let curve = SecretBytes(try Fixture.bytes("keys/openssh-ed25519.key"))
        assertThrows(.unsupportedKeyType) { try KeyImport(curve, passphrase: nil) }
        let pem = try Fixture.text("keys/openssh-rsa.key")
        assertThrows(.unsupportedKeyFormat) { try RSAPrivateKey(pem: pem, passphrase: nil) }
        try assertConverts(
            Fixture.bytes("keys/openssh-rsa.key"), passphrase: "tomato", .unsupportedKeyFormat, "OpenSSH's own format",
            old: "old.key", new: "new.pem", tool: "command -v ssh-keygen", answers: ["tomato"], subjects: [nil])
    }

    private func assertConvertsKeystore(_ contents: [UInt8], type: String, line: UInt = #line) throws {
        assertThrows(.unsupportedKeyFormat) { try PKCS12(SecretBytes(contents), passphrase: nil) }
        assertThrows(.unsupportedKeyFormat) { try RSAPrivateKey(pem: SecretBytes(contents)) }
        try assertConverts(
            contents, passphrase: "changeit", .unsupportedKeyFormat, "of type \(type),",
            old: "old.\(type.lowercased())",
            new: "new.p12", tool: "command -v keytool", answers: ["freshly", "freshly", "changeit", "freshly"],
            subjects: ["CN=Signing,O=Example Bank,C=BE"], line: line)
    }

    func testAJavaKeystoreOfTypeJKSCanBeConvertedAsTheErrorSays() throws {
        try assertConvertsKeystore(Fixture.bytes("keys/keystore.jks"), type: "JKS")
    }

    func testAJavaKeystoreOfTypeJCEKSCanBeConvertedAsTheErrorSays() throws {
        try assertConvertsKeystore(Fixture.bytes("keys/keystore.jceks"), type: "JCEKS")
    }

    func testAFileWithPBMAC1IsOpenedOrCanBeConvertedAsTheErrorSays() throws {
        let contents = try Fixture.bytes("keys/pbmac1.p12")
        guard OpenSSLKeyFile.libraryChecksPBMAC1 else {
            return try assertConverts(
                contents, passphrase: "secret", .unsupportedKeyEncryption, "PBMAC1", old: "old.p12", new: "new.pem",
                tool: "openssl version", answers: ["secret", "fresh", "fresh"], subjects: ["CN=test"])
        }
        let file = try KeyImport(SecretBytes(contents), passphrase: secret("secret"))
        XCTAssertEqual(file.entries.map(\.certificate?.subject), ["CN=test"])
        assertThrows(.wrongPassphrase) { try PKCS12(SecretBytes(contents), passphrase: secret("wrong")) }
    }

    func testRefusesAFileWhosePBMAC1AsksForEndlessIterations() throws {
        var file = try Fixture.bytes("keys/pbmac1.p12")
        // A salt of 16 bytes and 2048 iterations, then the length of the key. A byte less of salt makes room.
        let iterations: [UInt8] = [0x02, 0x02, 0x08, 0x00, 0x02, 0x01, 0x20]
        let place = try XCTUnwrap(file.indices.last { file[$0...].starts(with: iterations) })
        XCTAssertEqual(Array(file[place - 18..<place - 16]), [0x04, 0x10])
        // Eight million, and a negative number.
        for number in [[0x7F, 0xFF, 0xFF], [0x80, 0x00, 0x00]] as [[UInt8]] {
            file.replaceSubrange(
                place - 17..<place + 4, with: [0x0F] + Array(repeating: 1, count: 15) + [0x02, 0x03] + number)
            XCTAssertThrowsError(try PKCS12(SecretBytes(file), passphrase: secret("secret"))) {
                XCTAssertEqual(
                    ($0 as? JOSEError)?.reason, "the file asks for more than 5000000 iterations", "\($0)")
            }
        }
    }
}
