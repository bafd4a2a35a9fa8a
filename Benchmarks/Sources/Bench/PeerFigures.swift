import Foundation
import JOSE

/// What other implementations of JOSE take for the same keys and tokens, each in a process of its own, in turns with
/// ours, which is one as well.
struct PeerFigures {
    let world: World
    let effort: Effort
    /// Where OwnPeer is.
    let programs: URL
    /// `name=command` of each peer.
    let peers: [String]

    /// How often both processes are started anew: the places of keys and stacks in memory change the time of OpenSSL's
    /// multiplications by a percent, for as long as a process runs.
    private static let sittings = 25

    private static let operations = ["sign", "verify", "open", "open-gcm", "open-oaep", "seal"]

    /// The commands of both, the file with keys and tokens being the last argument.
    private struct Commands {
        let name: String
        let ours: [String]
        let theirs: [String]
    }

    func measure() async throws -> [Figure] {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent(
            "itsme-bench-\(UUID().uuidString).json")
        defer { try? FileManager.default.removeItem(at: file) }
        let material = try await material()
        let made = FileManager.default.createFile(
            atPath: file.path, contents: nil, attributes: [.posixPermissions: 0o600])
        guard made else { throw Floor.Failure() }
        try Data(material.serialized()).write(to: file)
        return try peers.flatMap { peer in
            let parts = peer.split(separator: "=", maxSplits: 1).map(String.init)
            return try figures(
                Commands(
                    name: parts[0], ours: [programs.appendingPathComponent("OwnPeer").path, file.path],
                    theirs: parts[1].split(separator: " ").map(String.init) + [file.path]))
        }
    }

    private func figures(_ commands: Commands) throws -> [Figure] {
        let times = try sit(commands)
        // Ahead of all but libcjose, whose signature is OpenSSL's call and little else.
        let limit = commands.name == "libcjose" ? 1.05 : 1
        return Self.operations.compactMap { operation in
            guard let pairs = times[operation].map(Pairs.init(of:)) else { return nil }
            return Figure(
                name: "\(operation), against \(commands.name)", ours: Unit.microseconds.text(pairs.ours),
                reference: Unit.microseconds.text(pairs.reference), ratio: Unit.decimal(pairs.ratio, 3),
                target: "< \(Unit.decimal(limit, 2)) x", isMet: pairs.ratio < limit)
        }
    }

    /// The times of both for each operation that the peer can do.
    private func sit(_ commands: Commands) throws -> [String: Pairs.Times] {
        var all: [String: Pairs.Times] = [:]
        for _ in 0..<Self.sittings {
            let ours = try LoadProcess(URL(fileURLWithPath: "/usr/bin/env"), commands.ours)
            let theirs = try LoadProcess(URL(fileURLWithPath: "/usr/bin/env"), commands.theirs)
            for operation in Self.operations {
                all[operation, default: []] += try measure(operation, ours, theirs)
            }
            try theirs.end()
            try ours.end()
        }
        return all.filter { !$0.value.isEmpty }
    }

    /// The rounds of one sitting; none if the peer cannot do the operation.
    private func measure(
        _ operation: String, _ ours: LoadProcess, _ theirs: LoadProcess
    ) throws -> Pairs.Times {
        let question = "\(operation) \(operation == "verify" ? 100 : Pairs.blindings)"
        var measured: Pairs.Times = []
        // The first is for warming up.
        for round in 0...max(effort.rounds / Self.sittings, 1) {
            guard let reference = Double(try theirs.ask(question)) else { return [] }
            guard let own = Double(try ours.ask(question)) else { throw Floor.Failure() }
            if round > 0 { measured.append((own, reference)) }
        }
        return measured
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
            "sign": try world.clientPrivate.signing.privateJSON(),
            "decrypt": try world.clientPrivate.encryption.privateJSON(),
            "verify": try world.providerSigning.publicJSON(), "encrypt": try world.providerEncryption.publicJSON(),
            "signPEM": .string(world.signingPEM), "verifyPEM": .string(world.verificationPEM),
        ]
    }
}
