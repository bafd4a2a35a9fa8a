import CBench
import Foundation
@testable import ItsmeRP
import JOSE

/// What other implementations of JOSE take for the same keys and tokens, each in a process of its own, in turns with
/// ours.
struct PeerFigures {
    let world: World
    let effort: Effort
    /// `name=command` of each peer.
    let peers: [String]

    private static let operations = ["sign", "verify", "open", "open-gcm", "open-oaep", "seal"]

    func measure() async throws -> [Figure] {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent(
            "itsme-bench-\(UUID().uuidString).json")
        defer { try? FileManager.default.removeItem(at: file) }
        let material = try await material()
        let made = FileManager.default.createFile(
            atPath: file.path, contents: nil, attributes: [.posixPermissions: 0o600])
        guard made else { throw Floor.Failure() }
        try Data(material.serialized()).write(to: file)
        let ours = try await Operations(world: world, material: material)
        var figures: [Figure] = []
        for peer in peers {
            let parts = peer.split(separator: "=", maxSplits: 1).map(String.init)
            let process = try LoadProcess(
                URL(fileURLWithPath: "/usr/bin/env"), parts[1].split(separator: " ").map(String.init) + [file.path])
            for operation in Self.operations {
                var measured: [(ours: Double, reference: Double)] = []
                let count = operation == "verify" ? 100 : 20
                // The first is for warming up.
                for round in 0...max(effort.rounds / 10, 3) {
                    guard let theirs = Double(try process.ask("\(operation) \(count)")) else { break }
                    let start = bench_process_cpu()
                    for _ in 0..<count { try await ours.run(operation) }
                    let own = Double(bench_process_cpu() - start) / Double(count)
                    if round > 0 { measured.append((own, theirs)) }
                }
                guard !measured.isEmpty else { continue }
                let pairs = Pairs(of: measured)
                figures.append(
                    Figure(
                        name: "\(operation), against \(parts[0])", ours: Unit.microseconds.text(pairs.ours),
                        reference: Unit.microseconds.text(pairs.reference), ratio: Unit.decimal(pairs.ratio, 3),
                        target: "< 1.00 x", isMet: pairs.ratio < 1))
            }
            try process.end()
        }
        return figures
    }

    /// Private keys among it: the file is readable by its owner only, and removed.
    private func material() async throws -> JSONValue {
        let payload = try World.idTokenClaims()
        let signed = try await JWS.sign(payload.serialized(), with: LocalSigner(world.providerSigning))
        func nested(_ keyManagement: KeyManagementAlgorithm, _ content: ContentEncryptionAlgorithm) throws -> JSONValue
        {
            .string(
                try JWE.encrypt(
                    Array(signed.utf8), to: world.clientEncryption, keyManagement: keyManagement,
                    contentEncryption: content, contentType: "JWT"))
        }
        return [
            "payload": .string(payload.serializedString()), "signed": .string(signed),
            "nested": try nested(.rsaOAEP256, .a128CBC_HS256), "nested-gcm": try nested(.rsaOAEP256, .a256GCM),
            "nested-oaep": try nested(.rsaOAEP, .a128CBC_HS256),
            "sign": try world.clientPrivate[0].privateJSON(), "decrypt": try world.clientPrivate[1].privateJSON(),
            "verify": try world.providerSigning.publicJSON(), "encrypt": try world.providerEncryption.publicJSON(),
            "signPEM": .string(world.signingPEM), "verifyPEM": .string(world.verificationPEM),
        ]
    }

    /// Ours, with the same keys.
    private struct Operations {
        let world: World
        let signer: LocalSigner
        let verification: JWK
        let payload: [UInt8]
        let tokens: [String: String]

        init(world: World, material: JSONValue) async throws {
            self.world = world
            signer = try LocalSigner(world.clientPrivate[0])
            verification = try world.providerSigning.publicJWK()
            var tokens: [String: String] = [:]
            for (operation, name) in [
                ("verify", "signed"), ("open", "nested"), ("open-gcm", "nested-gcm"), ("open-oaep", "nested-oaep"),
            ] {
                if case .string(let token)? = material[name] { tokens[operation] = token }
            }
            self.tokens = tokens
            guard case .string(let text)? = material["payload"] else { throw Floor.Failure() }
            payload = Array(text.utf8)
        }

        func run(_ operation: String) async throws {
            switch operation {
            case "sign": _ = try await JWS.sign(payload, with: signer)
            case "verify": try verify(JWS(tokens[operation] ?? ""))
            case "seal":
                let signed = try await JWS.sign(payload, with: signer)
                _ = try JWE.encrypt(
                    Array(signed.utf8), to: world.providerEncryption, keyManagement: .rsaOAEP256,
                    contentEncryption: .a128CBC_HS256, contentType: "JWT")
            default:
                try verify(
                    await JWE(tokens[operation] ?? "").nestedJWS(
                        using: world.clientKeys.unwrappers, keyManagement: [.rsaOAEP256, .rsaOAEP],
                        contentEncryption: [.a128CBC_HS256, .a256GCM]))
            }
        }

        private func verify(_ jws: JWS) throws {
            _ = try JSON(parsing: jws.payload(verifiedWith: verification, algorithm: .rs256))
        }
    }
}
