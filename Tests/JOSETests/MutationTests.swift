import Foundation
import JOSE
import TestSupport
import XCTest

/// Many altered copies of valid tokens, none of which may be accepted.
///
/// The alterations follow from fixed seeds, so that a failure happens again. `ITSMERP_MUTATIONS` sets how many there are.
final class MutationTests: XCTestCase {
    /// Two valid tokens of one kind, and the way to open one: it throws for what is refused.
    private struct Subject: Sendable {
        let name: String
        let token: String
        /// Of the same kind with another content, to take parts from.
        let sibling: String
        let open: @Sendable (String) async throws -> Void
    }

    /// What came of one share of the mutations.
    private struct Tally: Sendable {
        var made = 0
        var kinds: [String: Int] = [:]
        /// What went wrong, the first few.
        var failures: [String] = []
        var accepted = 0
    }

    /// The work is cut into as many shares on every machine, so that the mutations are the same.
    private static let shares = 8

    /// Where a private key is used, one takes as long as twenty of the others.
    private static let turns = [0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 2, 3]

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    private static let headers = [
        #"{"alg":"none"}"#, #"{"alg":"HS256"}"#, #"{"alg":"RS256"}"#, #"{"alg":"RS384"}"#, #"{"alg":"PS256"}"#, "{}",
        #"{"alg":"dir","enc":"A256GCM"}"#, #"{"alg":"RSA-OAEP-256","enc":"A256GCM"}"#,
        #"{"alg":"RSA-OAEP-256","enc":"A128CBC-HS256","zip":"DEF"}"#, #"{"alg":"RSA1_5","enc":"A128CBC-HS256"}"#, "[]",
        #"{"alg":"RSA-OAEP-256","enc":"A128CBC-HS256","crit":["x"]}"#, #"{"alg":"RS256","b64":false}"#, "",
    ]

    private static func mutation(
        of token: String, _ sibling: String, _ dice: inout Dice
    ) -> (kind: String, text: String) {
        var parts = TokenBuilding.segments(token)
        let others = TokenBuilding.segments(sibling)
        let index = Int.random(in: parts.indices, using: &dice)
        var bytes = (try? Base64URL.decode(parts[index])) ?? []
        switch Int.random(in: 0..<16, using: &dice) {
        case 0...5 where !bytes.isEmpty:
            bytes[Int.random(in: bytes.indices, using: &dice)] ^= 1 << UInt8.random(in: 0..<8, using: &dice)
            parts[index] = Base64URL.encode(bytes)
            return ("bit", parts.joined(separator: "."))
        case 6:
            var text = Array(token.utf8)
            text[Int.random(in: text.indices, using: &dice)] = alphabet.randomElement(using: &dice) ?? 0x41
            return ("character", String(decoding: text, as: UTF8.self))
        case 7:
            var text = Array(token.utf8)
            text.insert(
                UInt8.random(in: 0...127, using: &dice), at: Int.random(in: 0...text.count, using: &dice))
            return ("insertion", String(decoding: text, as: UTF8.self))
        case 8:
            var text = Array(token.utf8)
            text.remove(at: Int.random(in: text.indices, using: &dice))
            return ("removal", String(decoding: text, as: UTF8.self))
        case 9:
            let end = Int.random(in: 0..<token.utf8.count, using: &dice)
            return ("truncation", String(decoding: token.utf8.prefix(end), as: UTF8.self))
        case 10:
            parts[index] = others[index]
            return ("part of another token", parts.joined(separator: "."))
        case 11:
            parts.swapAt(index, Int.random(in: parts.indices, using: &dice))
            return ("parts exchanged", parts.joined(separator: "."))
        case 12:
            parts[0] = TokenBuilding.segment(headers.randomElement(using: &dice) ?? "")
            if Bool.random(using: &dice) { parts[parts.count - 1] = "" }
            return ("another header", parts.joined(separator: "."))
        case 13:
            if Bool.random(using: &dice) { parts.remove(at: index) } else { parts.insert(parts[index], at: index) }
            return ("another number of parts", parts.joined(separator: "."))
        case 14:
            bytes += (0..<Int.random(in: 1...32, using: &dice)).map { _ in UInt8.random(in: 0...255, using: &dice) }
            parts[index] = Base64URL.encode(bytes)
            return ("longer part", parts.joined(separator: "."))
        default:
            parts[index] = Base64URL.encode(Array(bytes.dropLast(Int.random(in: 1...32, using: &dice))))
            return ("shorter part", parts.joined(separator: "."))
        }
    }

    private static func subjects() async throws -> [Subject] {
        let contents = [#"{"sub":"one","aud":"client"}"#, #"{"sub":"two","aud":"other"}"#].map { Array($0.utf8) }
        let signing = try TestKeys.signing.get()
        let encryption = try TestKeys.encryption.get()
        let (publicSigning, publicEncryption) = (try signing.publicJWK(), try encryption.publicJWK())
        let unwrapper = try LocalUnwrapper(encryption)
        var signed: [String] = []
        for content in contents { signed.append(try await JWS.sign(content, with: LocalSigner(signing))) }
        func nested(_ contentEncryption: ContentEncryptionAlgorithm) throws -> [String] {
            try signed.map {
                try JWE.encrypt(
                    Array($0.utf8), to: publicEncryption, keyManagement: .rsaOAEP256,
                    contentEncryption: contentEncryption, contentType: "JWT")
            }
        }
        let directKey = SymmetricKey(Array(0..<32))
        let direct = try signed.map {
            try JWE.encrypt(Array($0.utf8), directKey: directKey, contentEncryption: .a256GCM, contentType: "JWT")
        }
        let (cbc, gcm) = (try nested(.a128CBC_HS256), try nested(.a256GCM))
        @Sendable func openNested(_ token: String, _ contentEncryption: ContentEncryptionAlgorithm) async throws {
            let jws = try await JWE(token).nestedJWS(
                using: [unwrapper], keyManagement: .rsaOAEP256, contentEncryption: contentEncryption)
            _ = try jws.payload(verifiedWith: publicSigning, algorithm: .rs256)
        }
        return [
            Subject(name: "RS256", token: signed[0], sibling: signed[1]) {
                _ = try JWS($0).payload(verifiedWith: publicSigning, algorithm: .rs256)
            },
            Subject(name: "dir with A256GCM", token: direct[0], sibling: direct[1]) {
                let jws = try JWS(JWE($0).plaintext(directKey: directKey, contentEncryption: .a256GCM))
                _ = try jws.payload(verifiedWith: publicSigning, algorithm: .rs256)
            },
            Subject(name: "RSA-OAEP-256 with A128CBC-HS256", token: cbc[0], sibling: cbc[1]) {
                try await openNested($0, .a128CBC_HS256)
            },
            Subject(name: "RSA-OAEP-256 with A256GCM", token: gcm[0], sibling: gcm[1]) {
                try await openNested($0, .a256GCM)
            },
        ]
    }

    private static func tally(of wanted: Int, _ subjects: [Subject], seed: UInt64) async -> Tally {
        var dice = Dice(seed: seed)
        var tally = Tally()
        while tally.made < wanted {
            let subject = subjects[turns[tally.made % turns.count]]
            let (kind, text) = mutation(of: subject.token, subject.sibling, &dice)
            guard text != subject.token, text != subject.sibling else { continue }
            tally.made += 1
            tally.kinds[kind, default: 0] += 1
            do {
                try await subject.open(text)
                tally.accepted += 1
                tally.failures.append("seed \(seed), mutation \(tally.made) of \(subject.name) was accepted: \(kind)")
            } catch {
                if !(error is JOSEError) { tally.failures.append("\(type(of: error)) for \(subject.name)") }
            }
            if tally.failures.count > 9 { break }
        }
        return tally
    }

    func testAcceptsNoMutationOfAValidToken() async throws {
        let wanted = ProcessInfo.processInfo.environment["ITSMERP_MUTATIONS"].flatMap { Int($0) } ?? 20_000
        let subjects = try await Self.subjects()
        for subject in subjects {
            // Both are good as they are.
            try await subject.open(subject.token)
            try await subject.open(subject.sibling)
        }
        let tallies = await withTaskGroup(of: Tally.self) { group in
            for share in 0..<Self.shares {
                let count = wanted / Self.shares + (share < wanted % Self.shares ? 1 : 0)
                group.addTask { await Self.tally(of: count, subjects, seed: 0x1751_7E5E + UInt64(share)) }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        let (made, accepted) = tallies.reduce((0, 0)) { ($0.0 + $1.made, $0.1 + $1.accepted) }
        XCTAssertEqual(tallies.flatMap(\.failures), [])
        XCTAssertEqual(accepted, 0)
        XCTAssertEqual(made, wanted)
        XCTAssertEqual(Set(tallies.flatMap(\.kinds.keys)).count, 11, "every kind came")
        // Read by Scripts/security-report.
        print("mutations of tokens: \(made) made, \(accepted) accepted")
    }
}
