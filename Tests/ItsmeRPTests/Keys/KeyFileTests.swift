import Foundation
import ItsmeRP
import JOSE
import TestSupport
import XCTest

/// Private keys on disk: only for their owner, complete or not at all, never overwritten.
final class KeyFileTests: XCTestCase {
    private let directory = FileManager.default.temporaryDirectory
        .appendingPathComponent("key-file-\(UUID().uuidString)").path

    override func setUpWithError() throws {
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    }

    override func tearDownWithError() throws {
        try FileManager.default.removeItem(atPath: directory)
    }

    private func path(_ name: String = "ring.json") -> String { directory + "/" + name }

    private func secret(_ text: String) -> SecretBytes { SecretBytes(Array(text.utf8)) }

    private func text(_ bytes: SecretBytes) -> String {
        bytes.withBytes { span in String(decoding: span.indices.map { span[$0] }, as: UTF8.self) }
    }

    private func mode(_ path: String) throws -> Int {
        try XCTUnwrap(FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
    }

    private func setMode(_ mode: Int, _ path: String) throws {
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }

    private func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: directory).sorted() }

    func testWritesWithModeOwnerOnlyWhateverTheUmask() throws {
        for mask in [mode_t(0), 0o022, 0o277, 0o777] {
            let name = "ring-\(mask).json"
            let former = umask(mask)
            defer { umask(former) }
            try KeyFile(path(name)).create(secret("keys"))
            XCTAssertEqual(try mode(path(name)), 0o600)
            try KeyFile(path(name)).update { _ in secret("other") }
            XCTAssertEqual(try mode(path(name)), 0o600)
            XCTAssertEqual(text(try KeyFile(path(name)).read()), "other")
        }
        XCTAssertEqual(try names().count, 4, "no draft is left")
    }

    func testNeverOverwritesAFile() throws {
        try KeyFile(path()).create(secret("first"))
        assertRefused(.keyFileExists) { try KeyFile(path()).create(secret("second")) }
        XCTAssertEqual(text(try KeyFile(path()).read()), "first")
        // Nor through a link, nor a directory.
        try FileManager.default.createSymbolicLink(atPath: path("link"), withDestinationPath: path("nowhere"))
        assertRefused(.keyFileExists) { try KeyFile(path("link")).create(secret("second")) }
        assertRefused(.keyFileExists) { try KeyFile(directory).create(secret("second")) }
        XCTAssertEqual(try names(), ["link", "ring.json"])
    }

    func testRefusesAFileThatOthersCanUse() throws {
        try KeyFile(path()).create(secret("keys"))
        for bits in [0o640, 0o604, 0o620, 0o602, 0o610, 0o601, 0o644, 0o666, 0o777, 0o440] {
            try setMode(bits, path())
            assertRefused(.keyFileUnsafe) { try KeyFile(path()).read() }
            assertRefused(.keyFileUnsafe) { try KeyFile(path()).update { $0 } }
        }
        for bits in [0o600, 0o400, 0o700] {
            try setMode(bits, path())
            XCTAssertEqual(text(try KeyFile(path()).read()), "keys")
        }
    }

    func testLetsTheGroupReadOnlyIfThatWasAllowedAndNothingMore() throws {
        try KeyFile(path()).create(secret("keys"))
        let mounted = KeyFile(path(), readers: .ownerAndGroup)
        for bits in [0o440, 0o640, 0o600, 0o400] {
            try setMode(bits, path())
            XCTAssertEqual(text(try mounted.read()), "keys")
        }
        for bits in [0o660, 0o650, 0o670, 0o644, 0o642, 0o641, 0o604] {
            try setMode(bits, path())
            assertRefused(.keyFileUnsafe) { try mounted.read() }
        }
        // A new file has mode 0600, so the group would lose its access.
        try setMode(0o640, path())
        assertRefused(.keyFileUnsafe) { try mounted.update { $0 } }
        XCTAssertEqual(text(try mounted.read()), "keys")
    }

    func testTheCommandThatSetsTheModeMakesAFileGood() throws {
        for name in ["ring.json", "it's a ring.json"] {
            try KeyFile(path(name)).create(secret("keys"))
            try setMode(0o644, path(name))
            var remedy = ""
            XCTAssertThrowsError(try KeyFile(path(name)).read()) { remedy = ($0 as? ItsmeError)?.remedy ?? "" }
            let start = try XCTUnwrap(remedy.range(of: "chmod "), remedy).lowerBound
            let result = try ShellCommand(String(remedy[start...])).run(in: URL(fileURLWithPath: directory))
            XCTAssertEqual(result.status, 0, result.output)
            XCTAssertEqual(text(try KeyFile(path(name)).read()), "keys")
        }
    }

    func testErrorsNameThePathOfTheFile() throws {
        try KeyFile(path("ring.json")).create(secret("{}"))
        try FileManager.default.createSymbolicLink(atPath: path("link"), withDestinationPath: path())
        let file = KeyFile(path())
        try setMode(0o644, path())
        assertNames(path()) { try file.read() }
        try setMode(0o600, path())
        let ring = try ClientKeyRing(RingKeys.ring())
        let failures: [(String, () throws -> Any)] = [
            (path("missing"), { try KeyFile(self.path("missing")).read() }),
            (directory, { try KeyFile(self.directory).read() }),
            (path(), { try file.create(self.secret("keys")) }),
            (path("link"), { try KeyFile(self.path("link")).update { $0 } }),
            (path("no/directory"), { try KeyFile(self.path("no/directory")).create(self.secret("keys")) }),
            (path(), { try KeyRing(reading: file) }),
            (path("missing"), { try KeyRing(reading: KeyFile(self.path("missing"))) }),
            (path(), { try ring.change(in: file) { _, _ in } }), ("(empty path)", { try KeyFile("").read() }),
            // What a terminal or a log takes for a command is not shown.
            (path("a\u{FFFD}[2J\u{FFFD}b"), { try KeyFile(self.path("a\u{1B}[2J\nb")).read() }),
        ]
        for (path, body) in failures { assertNames(path, body) }
    }

    private func assertNames(_ path: String, _ body: () throws -> Any, line: UInt = #line) {
        XCTAssertThrowsError(try body(), line: line) { error in
            let reason = (error as? ItsmeError)?.reason ?? ""
            XCTAssertTrue(reason.hasPrefix(path + ": "), "\(error)", line: line)
            XCTAssertFalse(reason.dropFirst(path.count).contains(path), reason, line: line)
        }
    }

    func testRefusesWhatIsNoFile() throws {
        assertRefused(.keyFileUnusable) { try KeyFile(directory).read() }
        assertRefused(.keyFileUnusable) { try KeyFile(path("missing")).read() }
        assertRefused(.keyFileUnusable) { try KeyFile(path() + "/below").read() }
        assertRefused(.keyFileUnusable) { try KeyFile("").read() }
        assertRefused(.keyFileUnusable) { try KeyFile(path("no/such/directory")).create(secret("keys")) }
        // A named pipe without a writer does not block.
        XCTAssertEqual(mkfifo(path("pipe"), 0o600), 0)
        assertRefused(.keyFileUnusable) { try KeyFile(path("pipe")).read() }
        let large = path("large")
        XCTAssertTrue(FileManager.default.createFile(atPath: large, contents: Data(count: (1 << 20) + 1)))
        try setMode(0o600, large)
        assertRefused(.keyFileUnusable) { try KeyFile(large).read() }
    }

    func testLeavesTheFileAsItIsWhenAChangeFails() throws {
        try KeyFile(path()).create(secret("keys"))
        assertRefused(.rotationTooEarly) {
            try KeyFile(path()).update { contents in
                var ring = try RingKeys.ring()
                try ring.beginSigningRotation(with: RingKeys.signing[1], at: RingKeys.start)
                try ring.activateNextSigningKey(at: RingKeys.start)
                return contents
            }
        }
        XCTAssertEqual(text(try KeyFile(path()).read()), "keys")
        XCTAssertEqual(try names(), ["ring.json"])
    }

    func testDoesNotReplaceALinkByAFile() throws {
        try KeyFile(path()).create(secret("keys"))
        try FileManager.default.createSymbolicLink(atPath: path("link"), withDestinationPath: path())
        XCTAssertEqual(text(try KeyFile(path("link")).read()), "keys")
        assertRefused(.keyFileUnusable) { try KeyFile(path("link")).update { $0 } }
    }

    func testKeepsTheOwnerWhenRootChangesAFile() throws {
        guard geteuid() == 0 else { throw XCTSkip("only root can give a file to another user") }
        try KeyFile(path()).create(secret("keys"))
        XCTAssertEqual(chown(path(), 12_345, 54_321), 0)
        try KeyFile(path()).update { _ in secret("other") }
        let attributes = try FileManager.default.attributesOfItem(atPath: path())
        XCTAssertEqual(attributes[.ownerAccountID] as? Int, 12_345)
        XCTAssertEqual(attributes[.groupOwnerAccountID] as? Int, 54_321)
        XCTAssertEqual(try mode(path()), 0o600)
    }

    func testLosesNoChangeOfConcurrentWriters() async throws {
        let file = KeyFile(path())
        try file.create(secret(""))
        // The lock belongs to the open file, so threads exclude each other as processes do.
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    var done = 0
                    while done < 25 {
                        do {
                            try file.update { contents in
                                contents.withBytes { span in
                                    SecretBytes(span.indices.map { span[$0] } + [UInt8(ascii: "x")])
                                }
                            }
                            done += 1
                        } catch {
                            XCTAssertEqual((error as? ItsmeError)?.code, .keyFileUnusable, "\(error)")
                            await Task.yield()
                        }
                    }
                }
            }
        }
        XCTAssertEqual(try file.read().count, 200)
        XCTAssertEqual(try names(), ["ring.json"])
    }

    func testClosesWhatItOpens() throws {
        func open() throws -> Int { try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count }
        guard FileManager.default.fileExists(atPath: "/proc/self/fd") else {
            throw XCTSkip("no /proc here to count descriptors with")
        }
        try KeyFile(path()).create(secret("keys"))
        try setMode(0o644, path())
        let before = try open()
        for _ in 0..<200 {
            assertRefused(.keyFileUnsafe) { try KeyFile(path()).read() }
            assertRefused(.keyFileExists) { try KeyFile(path()).create(secret("keys")) }
            assertRefused(.keyFileUnusable) { try KeyFile(directory).read() }
        }
        XCTAssertLessThan(try open(), before + 50)
    }
}
