// jwt-kit as a peer: `JWTKitPeer MATERIAL`; see peers/peer.py for what it reads and prints. It has no encryption.
import Foundation
import JWTKit

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

func cpuTime() -> UInt64 {
    var now = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now)
    return UInt64(now.tv_sec) * 1_000_000_000 + UInt64(now.tv_nsec)
}

while let line = readLine() {
    let words = line.split(separator: " ")
    guard words.count == 2, let count = Int(words[1]), words[0] == "sign" || words[0] == "verify" else {
        print("-")
        fflush(nil)
        continue
    }
    let start = cpuTime()
    for _ in 0..<count {
        if words[0] == "sign" {
            _ = try await signer.sign(claims)
        } else {
            _ = try await verifier.verify(material.signed, as: Claims.self)
        }
    }
    print((cpuTime() - start) / UInt64(count))
    fflush(nil)
}
