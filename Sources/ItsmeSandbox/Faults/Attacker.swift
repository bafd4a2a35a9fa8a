import JOSE
import Synchronization

/// Somebody who has no key of itsme's and signs with a key of their own, which is made when it is first needed.
final class Attacker: Sendable {
    /// Where the public key is served.
    let keySetURL: String

    private let made = Mutex<JWK?>(nil)

    init(keySetURL: String) { self.keySetURL = keySetURL }

    /// The key under any name.
    func key(named keyID: String?) throws(JOSEError) -> JWK {
        let key = try made.withLock { (made) throws(JOSEError) -> JWK in
            if let made { return made }
            let fresh = JWK(.rsaPrivate(try RSAPrivateKey.generate()), keyID: nil, use: .signature)
            made = fresh
            return fresh
        }
        return JWK(key.material, keyID: keyID, use: .signature)
    }
}
