// jwt-kit as a peer: `JWTKitPeer MATERIAL`; see peers/peer.py for what it reads and prints. It has no encryption.
import Foundation
import JWTKit
import PeerLoop

struct Claims: JWTPayload {
    var iss: String
    var sub: String
    var aud: String
    var iat: Int
    var exp: Int
    var nonce: String

    func verify(using _: some JWTAlgorithm) throws {}
}

struct Material: Decodable {
    var signed: String
    var payload: String
    var signPEM: String
    var verifyPEM: String
}

let data = try Data(contentsOf: URL(fileURLWithPath: CommandLine.arguments[1]))
let material = try JSONDecoder().decode(Material.self, from: data)
let signer = try await JWTKeyCollection().add(
    rsa: Insecure.RSA.PrivateKey(pem: material.signPEM), digestAlgorithm: .sha256)
let verifier = try await JWTKeyCollection().add(
    rsa: Insecure.RSA.PublicKey(pem: material.verifyPEM), digestAlgorithm: .sha256)
let claims = try JSONDecoder().decode(Claims.self, from: Data(material.payload.utf8))

answerQuestions(["sign", "verify"]) { operation in
    if operation == "sign" {
        _ = try await signer.sign(claims)
    } else {
        _ = try await verifier.verify(material.signed, as: Claims.self)
    }
}
