// Ours as a process like those of the peers: `OwnPeer MATERIAL`; see peers/peer.py for what it reads and prints.
import Foundation
import JOSE
import PeerLoop

struct Failure: Error {}

struct Operations: Sendable {
    let signer: LocalSigner
    let unwrapper: LocalUnwrapper
    let verification: JWK
    let encryption: JWK
    let payload: [UInt8]
    let tokens: [String: String]

    init(_ material: JSON) throws {
        func key(_ name: String) throws -> JWK {
            guard let json = material[name] else { throw Failure() }
            return try JWK(json)
        }
        func text(_ name: String) throws -> String {
            guard let text = material[name]?.string else { throw Failure() }
            return text
        }
        // Without `kid`, which the peers do not write either.
        let signing = try key("sign")
        signer = try LocalSigner(JWK(signing.material, keyID: nil, use: signing.use))
        unwrapper = try LocalUnwrapper(key("decrypt"))
        verification = try key("verify")
        encryption = try key("encrypt")
        payload = Array(try text("payload").utf8)
        tokens = [
            "verify": try text("signed"), "open": try text("nested"), "open-gcm": try text("nested-gcm"),
            "open-oaep": try text("nested-oaep"),
        ]
    }

    func run(_ operation: String) async throws {
        switch operation {
        case "sign": _ = try await JWS.sign(payload, with: signer)
        case "verify": try verify(JWS(token(operation)))
        case "seal":
            let signed = try await JWS.sign(payload, with: signer)
            _ = try JWE.encrypt(
                Array(signed.utf8), to: encryption, keyManagement: .rsaOAEP256, contentEncryption: .a128CBC_HS256,
                contentType: "JWT")
        default:
            try verify(
                await JWE(token(operation)).nestedJWS(
                    using: [unwrapper], keyManagement: operation == "open-oaep" ? .rsaOAEP : .rsaOAEP256,
                    contentEncryption: operation == "open-gcm" ? .a256GCM : .a128CBC_HS256))
        }
    }

    private func token(_ operation: String) throws -> String {
        guard let token = tokens[operation] else { throw Failure() }
        return token
    }

    private func verify(_ jws: JWS) throws {
        _ = try JSON(parsing: jws.payload(verifiedWith: verification, algorithm: .rs256))
    }
}

let material = try Data(contentsOf: URL(fileURLWithPath: CommandLine.arguments[1]))
let operations = try Operations(JSON(parsing: [UInt8](material)))
answerQuestions(["sign", "verify", "open", "open-gcm", "open-oaep", "seal"]) { try await operations.run($0) }
