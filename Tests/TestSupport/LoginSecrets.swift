package import ItsmeSandbox
import JOSE
import XCTest

/// What a login brings forth that identifies a person or empowers whoever reads it; texts unlike anything that may be
/// printed.
package enum LoginSecrets {
    /// The secrets of one login: of its request, of its callback, and of what was sent and received.
    ///
    /// - Parameter callback: Its query, which may be broken on purpose.
    package static func found(
        url: String, callback: String, _ recorder: RecordingTransport
    ) async throws -> [String] {
        var secrets: [String] = []
        let query = Query.parse(String(url.drop { $0 != "?" }.dropFirst()))
        if let request = query["request"] {
            let object = try await claims(ofRequestObject: request)
            secrets += ["state", "nonce", "jti", "code_challenge"].compactMap { object[$0]?.string }
        }
        secrets += ["state", "nonce", "code_challenge"].compactMap { query[$0] }
        for name in ["code=", "state="] {
            secrets += callback.split(separator: "&").filter { $0.hasPrefix(name) }.map {
                String($0.dropFirst(name.count))
            }
        }
        secrets += segments(query["request"])
        for sent in recorder.sent {
            secrets += ["code", "code_verifier", "token"].compactMap { sent.form[$0] }
            secrets += segments(sent.form["client_assertion"])
        }
        for body in recorder.received {
            guard let json = try? JSON(parsing: body) else {
                secrets += segments(String(decoding: body, as: UTF8.self))
                continue
            }
            secrets += [json["access_token"]?.string].compactMap { $0 } + segments(json["id_token"]?.string)
        }
        return secrets.filter { $0.utf8.count >= 16 }
    }

    /// The claims, whatever the request object is signed with.
    private static func claims(ofRequestObject token: String) async throws -> JSON {
        let signed = try await JWE(token).plaintext(
            using: [LocalUnwrapper(TestProvider.keys.providerEncryption)], keyManagement: .rsaOAEP256,
            contentEncryption: .a128CBC_HS256)
        let segments = String(decoding: signed, as: UTF8.self).split(separator: ".")
        return try JSON(parsing: Base64URL.decode(String(XCTUnwrap(segments.dropFirst().first))))
    }

    /// Each segment of a token, as all of it and any of them is too much.
    private static func segments(_ token: String?) -> [String] {
        (token ?? "").split(separator: ".").map(String.init)
    }

    /// What lasts beyond one login: the client's private keys and secret, and the data of the person who logs in.
    package static func lasting(_ sandbox: Sandbox, persona: String = "belgian-eid") throws -> [String] {
        var secrets = [SandboxWorld.secret]
        for key in [TestProvider.keys.clientSigning, TestProvider.keys.clientEncryption] {
            let json = try key.privateJSON()
            for member in ["d", "p", "q", "dp", "dq", "qi"] {
                if case .string(let text)? = json[member] { secrets.append(String(text.prefix(20))) }
            }
        }
        return try secrets + personal(sandbox, persona: persona)
    }

    /// The data of a person.
    package static func personal(_ sandbox: Sandbox, persona: String = "belgian-eid") throws -> [String] {
        let person = try XCTUnwrap(sandbox.personas.first { $0.id == persona })
        let names = [
            "email", "phone_number", "given_name", "family_name", "birthdate",
            "http://itsme.services/v2/claim/BENationalNumber",
        ]
        let texts = names.compactMap { name in
            if case .string(let text)? = person.claims[name] { text } else { nil }
        }
        XCTAssertEqual(texts.count, names.count)
        return texts
    }
}
