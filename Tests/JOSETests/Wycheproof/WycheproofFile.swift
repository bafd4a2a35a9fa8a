import Foundation
import JOSE

/// One file of vectors, and what came of its cases.
struct WycheproofFile {
    /// What the library made of one case.
    enum Verdict: Equatable {
        case accepted
        case refused
        /// Accepted, but with another result than the file gives.
        case wrongResult
        /// Accepted, though the case is not about what this library does.
        case acceptedOutside
        /// The key could not be loaded, though it is of a kind and a size that the library takes: nothing was tried.
        case keyNotLoaded
        /// The case is not about what this library does; what could be tried was refused.
        case skipped(String)
    }

    struct NotHexadecimal: Error {
        let member: String

        init(_ member: String) { self.member = member }
    }

    struct Case {
        let group: JSON
        let test: JSON
        let id: Int64
        let isValid: Bool

        func hexadecimal(_ member: String) throws -> [UInt8] {
            let text = try test.requiredString(member)
            let digits = text.compactMap(\.hexDigitValue)
            guard digits.count == text.utf8.count, digits.count.isMultiple(of: 2) else { throw NotHexadecimal(member) }
            return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
        }
    }

    /// What was seen of a file.
    struct Tally {
        var cases = 0
        var passed = 0
        /// Passed too, by a verdict of our own.
        var overridden = 0
        var wrong: [Int64] = []
        /// How many of the wrong ones are so because their key could not be loaded.
        var keysNotLoaded = 0
        /// How many cases were skipped for which reason.
        var skipped: [String: Int] = [:]

        var run: Int { cases - skipped.values.reduce(0, +) }

        /// Read by Scripts/security-report.
        func line(_ name: String) -> String {
            let reasons = skipped.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
            return "Wycheproof \(name): \(cases) cases, \(run) run, \(passed) passed, \(overridden) overridden, "
                + "\(wrong.count) wrong, \(cases - run) skipped" + (reasons.isEmpty ? "" : ": \(reasons)")
        }
    }

    let name: String
    private let root: JSON

    init(_ url: URL) throws {
        name = url.lastPathComponent
        root = try JSON(parsing: [UInt8](try Data(contentsOf: url)), limits: JSONLimits(maximumSize: 64 << 20))
    }

    /// The files with vectors in a folder, in the order of their names.
    static func all(in folder: URL) throws -> [WycheproofFile] {
        try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "json" }
            .sorted { $0.lastPathComponent < $1.lastPathComponent }
            .map { try WycheproofFile($0) }
    }

    /// Gives every case to the judge of the file's schema, and compares.
    func tally() async throws -> Tally {
        let judge = WycheproofJudge(
            schema: root["schema"]?.string ?? "", algorithm: root["algorithm"]?.string ?? "")
        let own = Self.ownVerdicts[name] ?? [:]
        let twins = Self.labelledTwice[name] ?? []
        var tally = Tally()
        for group in try root.required("testGroups").elements ?? [] {
            for test in try group.required("tests").elements ?? [] {
                guard let id = try test.required("tcId").integer else { throw MissingMember(name: "tcId") }
                // "acceptable" cases are legal but not wanted: a strict reader refuses them.
                let isValid = try test.requiredString("result") == "valid"
                let verdict = try await judge.verdict(Case(group: group, test: test, id: id, isValid: isValid))
                tally.cases += 1
                if verdict == .keyNotLoaded, own[id] != verdict { tally.keysNotLoaded += 1 }
                switch (verdict, own[id]) {
                case (.skipped(let reason), nil): tally.skipped[reason, default: 0] += 1
                case (_, let expected?):
                    if verdict == expected { tally.overridden += 1 } else { tally.wrong.append(id) }
                case _ where twins.contains(id): tally.overridden += 1
                case (.accepted, nil) where isValid: tally.passed += 1
                case (.refused, nil) where !isValid: tally.passed += 1
                default: tally.wrong.append(id)
                }
            }
        }
        guard let announced = try root.required("numberOfTests").integer, announced == tally.cases else {
            throw MissingMember(name: "tests")
        }
        return tally
    }

    /// Cases of which the verdict is ours.
    private static let ownVerdicts: [String: [Int64: Verdict]] = [
        "json_web_signature_test.json": [
            // Labelled valid, with a question mark inside of a segment.
            372: .refused, 373: .refused,
            // PS384 under a key that declares PS256.
            346: .refused, 350: .refused,
        ],
        // About the key, which is refused before there is a token to verify: two keys with one kid, ROCA, an exponent of
        // one, no bytes (three times), an EC key that says RSA.
        "json_web_key_test.json": [
            4: .keyNotLoaded, 7: .keyNotLoaded, 9: .keyNotLoaded, 16: .keyNotLoaded, 17: .keyNotLoaded,
            18: .keyNotLoaded, 24: .keyNotLoaded,
        ],
        // Compressed.
        "json_web_encryption_test.json": [135: .refused],
        // The file is about signatures without salt; this one has a salt of 32 bytes, and is right for PS256.
        "rsa_pss_2048_sha256_mgf1_0_test.json": [69: .acceptedOutside],
    ]

    /// Labelled invalid, though identical to a valid case.
    private static let labelledTwice: [String: Set<Int64>] = ["json_web_signature_test.json": [367, 370]]
}
