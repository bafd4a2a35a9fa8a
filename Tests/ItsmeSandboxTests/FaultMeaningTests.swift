import ItsmeSandbox
import JOSE
import XCTest

/// That each fault is what it says: a relying party without the check in question accepts it, one with it refuses.
final class FaultMeaningTests: XCTestCase {
    private enum Meaning: Equatable {
        /// An attack or a mistake of itsme's that this check alone finds.
        case refusedBy(Checks.Check)
        /// A right client accepts it.
        case tolerable
        /// There is nothing that anybody could accept: the answer is missing, or says no.
        case nothingToAccept
        /// The harm is in the work that it makes, before anything could be accepted.
        case work
        /// A good answer, only late; see `FaultTests.testStallsEndInATimeout`.
        case late
    }

    private typealias Check = Checks.Check

    /// What every fault means, by its name at the ID token. Whoever adds a fault says here what it is.
    private static let meanings: [String: Meaning] = [
        "discovery-issuer-mismatch": .refusedBy(.discoveryIssuer), "discovery-insecure-endpoint": .refusedBy(.endpoint),
        "discovery-missing-endpoint": .nothingToAccept, "discovery-not-json": .nothingToAccept,
        "remove-authorization-response-iss": .refusedBy(.responseIssuer),

        "jwks-mixed": .tolerable, "jwks-private-key": .refusedBy(.privateKeyInSet), "jwks-empty": .nothingToAccept,
        "jwks-not-json": .nothingToAccept,

        "invalid-missing-state-fails": .refusedBy(.state), "with-invalid-state-fails": .refusedBy(.state),
        "callback-duplicate-state": .refusedBy(.repeatedParameter),
        "callback-duplicate-code": .refusedBy(.repeatedParameter),
        "invalid-authorization-response-iss": .refusedBy(.responseIssuer),
        "callback-code-and-error": .refusedBy(.errorBesideCode), "callback-without-code": .nothingToAccept,
        "callback-unknown-error": .nothingToAccept, "callback-broken-escape": .tolerable,

        "invalid-iss": .refusedBy(.issuer), "missing-iss": .refusedBy(.issuer), "invalid-aud": .refusedBy(.audience),
        "missing-aud": .refusedBy(.audience), "invalid-secondary-aud": .refusedBy(.otherAudiences),
        "valid-aud-as-array": .tolerable, "aud-number": .refusedBy(.audience),
        "invalid-azp": .refusedBy(.authorizedParty), "missing-sub": .refusedBy(.subject),
        "sub-null": .refusedBy(.subject), "missing-iat": .refusedBy(.issuedAt),
        "iat-is-week-in-past": .refusedBy(.issuedAt), "iat-in-future": .refusedBy(.issuedAt),
        "invalid-missing-exp": .refusedBy(.expiry), "invalid-expired-exp": .refusedBy(.expiry),
        "exp-string": .refusedBy(.expiry), "exp-fraction": .tolerable, "exp-huge": .refusedBy(.expiry),
        "nbf-in-future": .refusedBy(.notBefore), "invalid-missing-nonce": .refusedBy(.nonce),
        "nonce-invalid": .refusedBy(.nonce), "nonce-number": .refusedBy(.nonce),
        "invalid-athash": .refusedBy(.accessTokenHash), "missing-acr": .refusedBy(.level),
        "acr-unknown": .refusedBy(.level), "auth-time-stale": .refusedBy(.authenticationTime),
        "unknown-members": .tolerable, "duplicate-members": .refusedBy(.strictJSON),
        "claims-array": .refusedBy(.strictJSON), "claims-deep": .refusedBy(.strictJSON),
        "claims-not-utf8": .refusedBy(.strictJSON),

        "idtoken-sig-none": .refusedBy(.signatureAlgorithm), "sig-none-spelling": .refusedBy(.signatureAlgorithm),
        "sig-empty": .refusedBy(.signature), "invalid-sig-rs256": .refusedBy(.signature),
        "sig-foreign-key": .refusedBy(.signature), "invalid-sig-hs256": .refusedBy(.signature),
        "hs256-with-public-key": .refusedBy(.signatureAlgorithm), "invalid-sig-es256": .refusedBy(.signature),
        "invalid-alternate-alg": .refusedBy(.signatureAlgorithm), "invalid-null-alg": .refusedBy(.algorithmType),
        "kid-absent": .tolerable, "kid-unknown": .refusedBy(.knownKeyID), "kid-of-encryption-key": .refusedBy(.keyUse),
        "kid-number": .refusedBy(.keyIDType), "header-jwk": .refusedBy(.keyInHeader),
        "header-jku": .refusedBy(.keyURLInHeader), "sig-crit": .refusedBy(.criticalHeader),
        "sig-b64": .refusedBy(.criticalHeader), "typ-of-request-object": .refusedBy(.type),
        "signing-key-rotation-just-before-signing": .tolerable,

        "not-encrypted": .refusedBy(.encryption), "plain-json": .refusedBy(.plainClaims),
        "unsigned-jwt-in-jwe": .refusedBy(.innerSignature), "claims-in-jwe": .refusedBy(.innerSignature),
        "jwe-in-jwe": .refusedBy(.nesting), "empty-jwe": .nothingToAccept, "truncated-tag": .refusedBy(.tagSize),
        "altered-tag": .refusedBy(.tag), "altered-ciphertext": .refusedBy(.tag), "altered-iv": .refusedBy(.tag),
        "altered-encrypted-key": .refusedBy(.keyUnwrapping), "short-encrypted-key": .refusedBy(.encryptedKeySize),
        "short-content-key": .refusedBy(.contentKeySize), "encrypted-idtoken-usingrsa15": .refusedBy(.keyManagement),
        "jwe-alg-dir": .refusedBy(.keyManagement), "jwe-alg-pbes2": .work,
        "jwe-enc-other": .refusedBy(.contentEncryption), "jwe-zip": .refusedBy(.compression),
        "jwe-crit": .refusedBy(.criticalHeader), "jwe-kid-absent": .tolerable,
        "jwe-kid-unknown": .refusedBy(.decryptionKeyID), "jwe-cty-absent": .tolerable,
        "empty-segments": .nothingToAccept, "many-dots": .nothingToAccept,

        "token-type-case-insensitivity": .tolerable, "token-endpoint-response-without-expires_in": .tolerable,
        "token-type-other": .refusedBy(.tokenType), "token-type-missing": .refusedBy(.tokenType),
        "id-token-missing": .refusedBy(.idToken), "access-token-missing": .refusedBy(.accessToken),
        "id-token-object": .refusedBy(.idToken), "token-response-duplicate-member": .refusedBy(.strictJSON),
        "token-response-not-json": .nothingToAccept, "token-response-deep": .nothingToAccept,

        "userinfo-invalid-sub": .refusedBy(.sameSubject), "userinfo-is-id-token": .refusedBy(.tokenKind),

        "user-discovery-top-level": .tolerable, "user-discovery-without-interval": .tolerable,
        "user-discovery-session-dots": .refusedBy(.sessionName),
        "user-discovery-not-image": .refusedBy(.qrCodeFormat),
        "user-discovery-status-unknown": .refusedBy(.discoveryStatus),
        "ciba-invalid-missing-authreqid": .nothingToAccept, "ciba-auth_request_id": .tolerable,
        "ciba-authreqid-empty": .refusedBy(.authReqIDPresent), "ciba-without-interval": .tolerable,
        "ciba-missing-expires_in": .refusedBy(.backchannelLifetime), "ciba-slow-down": .tolerable,
        "ciba-pending": .tolerable, "ciba-poll-http-503": .tolerable, "ciba-expired": .nothingToAccept,
        "ciba-denied": .nothingToAccept, "ciba-authreqid-claim": .refusedBy(.authReqIDClaim),
        "ciba-nonce": .tolerable, "ciba-invalid-sub": .refusedBy(.askedSubject),
        "ciba-ping-with-invalid-bearer-token": .refusedBy(.pingBearer),
        "ciba-ping-for-unknown-request": .refusedBy(.pingRequest),
    ]

    /// What another check finds where the client has a secret.
    private static let meaningsWithASecret: [String: Meaning] = [
        "altered-encrypted-key": .refusedBy(.emptyEncryptedKey),
        "short-encrypted-key": .refusedBy(.emptyEncryptedKey),
    ]

    /// Faults that wait for a client with a key pair, and those that wait for one without a secret that signs.
    private static let forKeyPairs: Set<String> = ["encrypted-idtoken-usingrsa15", "jwe-alg-dir"]
    private static let forProviderSignatures: Set<String> = ["kid-unknown", "kid-of-encryption-key", "header-jku"]

    private static func tokenName(_ fault: SandboxFault) -> String {
        let isFromTokens =
            fault.place == .userInfo && meanings[fault.name] == nil && fault.name.hasPrefix("userinfo-")
        return isFromTokens ? String(fault.name.dropFirst("userinfo-".count)) : fault.name
    }

    private static func meaning(of fault: SandboxFault, for kind: LaxRelyingParty.Kind = .keyPair) -> Meaning? {
        let name = tokenName(fault)
        if kind != .keyPair, let meaning = meaningsWithASecret[name] { return meaning }
        if let meaning = meanings[name] { return meaning }
        for (ending, meaning): (String, Meaning) in [
            ("-http-500", .nothingToAccept), ("-http-429", .nothingToAccept), ("-http-302", .refusedBy(.redirect)),
            ("-too-large", .refusedBy(.size)), ("-stall", .late),
        ] where fault.name.hasSuffix(ending) {
            return meaning
        }
        return nil
    }

    /// One way through the sandbox that meets the fault.
    private func meet(_ fault: SandboxFault, _ kind: LaxRelyingParty.Kind, omitting checks: Set<Check>) async throws {
        let client = try LaxRelyingParty(kind, omitting: checks, isPinged: fault.place == .notification)
        let hasBrowser = ![.userDiscovery, .backchannelAuthentication, .poll, .notification].contains(fault.place)
        let subject = hasBrowser ? "" : try await client.login()
        client.party.sandbox.inject(fault)
        defer {
            XCTAssertEqual(client.party.sandbox.pendingFaults, [], "\(fault) did not strike a client with \(kind)")
            XCTAssertEqual(client.party.sandbox.refusals, [], "\(fault), \(kind)")
        }
        switch fault.place {
        case .userDiscovery: try await client.startDiscovery()
        case .backchannelAuthentication: _ = try await client.authenticate(subject)
        case .poll: try await client.backchannelLogin(subject)
        case .notification: try await client.ping(subject)
        default: _ = try await client.login()
        }
    }

    func testEveryFaultSaysWhatItIs() {
        for fault in SandboxFault.all {
            XCTAssertNotNil(
                Self.meaning(of: fault), "\(fault) is in no list: say which check finds it, or why none can")
        }
        let names = Set(SandboxFault.all.map(Self.tokenName))
        XCTAssertEqual(Set(Self.meanings.keys).subtracting(names), [], "no such fault")
        XCTAssertEqual(Set(Self.meaningsWithASecret.keys).subtracting(names), [])
    }

    private func assertMeaning(
        of fault: SandboxFault, for kind: LaxRelyingParty.Kind, _ meaning: Meaning
    ) async throws {
        switch meaning {
        case .refusedBy(let check):
            do {
                try await meet(fault, kind, omitting: [])
                XCTFail("\(fault), \(kind): nobody noticed")
            } catch is Checks.Refusal {
            }
            do {
                try await meet(fault, kind, omitting: [check])
            } catch is LaxRelyingParty.Reached {
            } catch {
                XCTFail("\(fault), \(kind): refused without \(check) as well: \(error)")
            }
        case .tolerable:
            do {
                try await meet(fault, kind, omitting: [])
            } catch {
                XCTFail("\(fault), \(kind): \(error)")
            }
        case .nothingToAccept:
            for checks in [[], Set(Check.allCases)] {
                do {
                    try await meet(fault, kind, omitting: checks)
                    XCTFail("\(fault), \(kind): accepted")
                } catch {}
            }
        case .work:
            do {
                try await meet(fault, kind, omitting: [.keyManagement])
                XCTFail("\(fault), \(kind): no work at all")
            } catch let error as LaxTokenReader.TooMuchWork {
                XCTAssertGreaterThan(error.rounds, 1_000_000_000)
            }
        case .late: break
        }
    }

    func testClientWithoutTheCheckAcceptsEachFaultAndClientWithItRefuses() async throws {
        for fault in SandboxFault.all {
            guard let meaning = Self.meaning(of: fault) else { continue }
            try await assertMeaning(of: fault, for: .keyPair, meaning)
        }
    }

    func testFaultsOfTokensAreGenuineForClientsWithASecretToo() async throws {
        for kind in [LaxRelyingParty.Kind.secret, .signingSecret] {
            let waiting = Self.forKeyPairs.union(kind == .signingSecret ? Self.forProviderSignatures : [])
            for fault in SandboxFault.all where [.token, .userInfo].contains(fault.place) {
                guard let meaning = Self.meaning(of: fault, for: kind) else { continue }
                guard !waiting.contains(Self.tokenName(fault)) else {
                    let client = try LaxRelyingParty(kind)
                    client.party.sandbox.inject(fault)
                    _ = try await client.login()
                    XCTAssertEqual(client.party.sandbox.pendingFaults, [fault], "it means nothing for \(kind)")
                    continue
                }
                try await assertMeaning(of: fault, for: kind, meaning)
            }
        }
    }

    func testLaxReaderAcceptsAGoodLoginOfEveryKind() async throws {
        for kind in LaxRelyingParty.Kind.allCases {
            let subject = try await LaxRelyingParty(kind).login()
            XCTAssertEqual(subject.utf8.count, 36)
        }
    }

    func testStoredBlocksOfDeflateHoldMoreThanOneBlock() throws {
        // Compressed by the sandbox, a token of claims of more than 64 KiB has two.
        XCTAssertEqual(
            try LaxDecryption.inflated([0, 2, 0, 0xFD, 0xFF, 1, 2, 1, 1, 0, 0xFE, 0xFF, 3]), [1, 2, 3])
        XCTAssertThrowsError(try LaxDecryption.inflated([1, 2, 0, 0, 0, 1, 2]))
    }
}
