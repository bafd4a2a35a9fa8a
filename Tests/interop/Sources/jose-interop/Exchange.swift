import Foundation
import JOSE

/// One thing that one implementation makes and another one opens; the shape is that of `peer.py`.
struct Exchange {
    /// `jws`, `jwe`, `nested`, `jwk` or `pem`.
    var kind: String
    /// What the table says, such as `RSA-OAEP A128GCM`.
    var name: String
    /// Kind-specific texts: `alg`, `enc`, `token`, `payload`, `pem`, `passphrase`, `thumbprint`.
    var texts: [String: String] = [:]
    /// Keys that the opening side needs: `key` and, for nested tokens, `verification_key`.
    var keys: [String: JSONValue] = [:]

    var json: JSONValue {
        var json: JSONValue = ["kind": .string(kind), "name": .string(name)]
        for (member, text) in texts {
            json[member] = .string(text)
        }
        for (member, key) in keys {
            json[member] = key
        }
        return json
    }
}

/// What is missing in a manifest.
struct MissingMember: Error {
    let name: String
}

extension JSON {
    func required(_ member: String) throws -> JSON {
        guard let value = self[member] else {
            throw MissingMember(name: member)
        }
        return value
    }

    func text(_ member: String) throws -> String {
        guard let text = try required(member).string else {
            throw MissingMember(name: member)
        }
        return text
    }
}
