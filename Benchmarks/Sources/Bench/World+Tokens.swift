import CBench
import Foundation
@testable import ItsmeRP
@testable import JOSE

extension World {
    /// The kinds of nested tokens that are measured.
    enum Kind: CaseIterable, Sendable {
        case rsaCBC, rsaGCM, symmetric

        var algorithms: TokenAlgorithms {
            switch self {
            case .rsaCBC: TokenAlgorithms()
            case .rsaGCM: TokenAlgorithms(contentEncryption: .a256GCM)
            case .symmetric: TokenAlgorithms(signature: .hs256, keyManagement: .direct, contentEncryption: .a256GCM)
            }
        }
    }

    /// The claims of an ID token as itsme sends them.
    static func idTokenClaims(nonce: String = World.nonce) throws -> JSONValue {
        let now = Int64(Date().timeIntervalSince1970)
        let hash = try SHA256.digest(Array(accessToken.exposedValue.utf8))
        return [
            "iss": .string(CannedProvider.issuer), "sub": .string(subject), "aud": .string(clientID),
            "iat": .integer(now), "exp": .integer(now + 3600), "auth_time": .integer(now - 5), "nonce": .string(nonce),
            "acr": .string("http://itsme.services/v2/claim/acr_basic"),
            "amr": ["pin"], "at_hash": .string(Base64URL.encode(Array(hash.prefix(16)))),
        ]
    }

    /// The claims of UserInfo as itsme sends them for Share data.
    static func userInfoClaims() -> JSONValue {
        [
            "iss": .string(CannedProvider.issuer), "sub": .string(subject), "aud": .string(clientID),
            "name": "Marie Dubois", "given_name": "Marie", "family_name": "Dubois", "gender": "female",
            "birthdate": "1985-03-12", "locale": "fr", "email": "marie.dubois@example.com", "email_verified": true,
            "phone_number": "+32470123456", "phone_number_verified": true,
            "address": [
                "formatted": "Rue de la Loi 16\n1000 Bruxelles\nBE", "street_address": "Rue de la Loi 16",
                "postal_code": "1000", "locality": "Bruxelles", "country": "BE",
            ],
            "http://itsme.services/v2/claim/claim_citizenship": "BE",
            "http://itsme.services/v2/claim/BENationalNumber": "85031200181",
        ]
    }

    /// Signs and encrypts `claims` to the client.
    func token(_ claims: JSONValue, _ kind: Kind) async throws -> String {
        guard kind != .symmetric else {
            let key = JWK(.symmetric(SymmetricKey(Array(Self.secret.utf8))), keyID: nil, use: .signature)
            let signed = try await JWS.sign(claims.serialized(), with: LocalSigner(key, algorithm: .hs256))
            return try JWE.encrypt(
                Array(signed.utf8), directKey: SymmetricKey(Self.directKey), contentEncryption: .a256GCM,
                contentType: "JWT")
        }
        let signed = try await JWS.sign(claims.serialized(), with: LocalSigner(providerSigning))
        return try JWE.encrypt(
            Array(signed.utf8), to: clientEncryption, keyManagement: .rsaOAEP256,
            contentEncryption: kind.algorithms.contentEncryption, contentType: "JWT")
    }

    /// The same token, taken apart for the floor.
    func floorToken(_ compact: String, _ kind: Kind) async throws -> Floor.Token {
        let segments = compact.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        let token = Floor.Token()
        token.set(BENCH_HEADER, segments[0].utf8)
        for (part, segment) in [BENCH_ENCRYPTED_KEY, BENCH_IV, BENCH_CIPHERTEXT, BENCH_TAG].enumerated() {
            token.set(segment, try Base64URL.decode(segments[part + 1]))
        }
        let plaintext =
            kind == .symmetric
            ? try JWE(compact).plaintext(directKey: SymmetricKey(Self.directKey), contentEncryption: .a256GCM)
            : try await JWE(compact).plaintext(
                using: clientKeys.unwrappers, keyManagement: .rsaOAEP256,
                contentEncryption: kind.algorithms.contentEncryption)
        let signed = plaintext.split(separator: UInt8(ascii: "."))
        token.set(BENCH_SIGNING_INPUT, plaintext.prefix(signed[0].count + 1 + signed[1].count))
        token.set(BENCH_SIGNATURE, try Base64URL.decode(Array(signed[2])))
        return token
    }

    /// The whole validation of an ID token: decryption, signature, strict JSON, every claim.
    func validate(_ compact: String, _ kind: Kind) async throws -> IDToken {
        // The client is looked at where it lies: a copy of it would be the benchmark's own expense.
        kind == .symmetric
            ? try await Self.validate(compact, kind.algorithms, symmetricClient)
            : try await Self.validate(compact, kind.algorithms, client)
    }

    private static func validate(
        _ compact: String, _ algorithms: TokenAlgorithms, _ client: borrowing ItsmeClient
    ) async throws -> IDToken {
        let verified = try await TokenVerifier(
            authentication: client.configuration.authentication.method, provider: client.provider,
            algorithms: algorithms, phase: .idToken
        ).claims(of: Array(compact.utf8))
        return try IDToken(
            verified,
            expecting: IDTokenExpectation(
                client.configuration, issuer: CannedProvider.issuer, binding: .nonce(Secret(nonce)),
                subject: Secret(subject), requestedLevel: .basic, maximumAuthenticationAge: 3600),
            accessToken: accessToken, now: client.configuration.time.now())
    }
}
