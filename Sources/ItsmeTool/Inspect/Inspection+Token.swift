#if Tool
    import Foundation
    import ItsmeRP
    import JOSE

    // Tokens that itsme sends: ID tokens and UserInfo.

    extension Inspection {
        /// Checks a token in compact serialization, or what came in its place.
        func token(_ token: [UInt8], as kind: InspectedKind?, login: LoginFacts) async throws -> InspectionReport {
            if let jws = try? JWS(token) {
                if kind == nil, let own = OwnToken(jws, compact: String(decoding: token, as: UTF8.self)) {
                    return try await ownToken(own)
                }
                return try await unencrypted(jws, token, as: kind, login: login)
            }
            let jwe = try? JWE(token)
            var report = InspectionReport("jwe", "An encrypted token: an ID token or UserInfo, if itsme sent it.")
            if let jwe { report.headers = [("JWE", jwe.header)] }
            guard knownAuthentication != nil || jwe?.header.algorithm != "dir" else {
                report.findings = [
                    .skipped(
                        "token.decryption", "It is encrypted with a key that comes from the client secret.",
                        remedy: "Give the secret: --secret-file FILE")
                ]
                return report
            }
            let client = try client(to: token, keyID: jwe?.header.keyID)
            let content = await content(of: token, client)
            let phase = phase(kind, content)
            report.name(phase, isKnown: kind != nil || content != nil)
            let log = RuleLog()
            switch try await log.run({ try await client.signedToken(in: token, phase: phase) }) {
            case .failure(let error):
                let lacksKeys = knownAuthentication == nil && error.code == .ownKeyFailed
                let name = jwe?.header.keyID.map { "the key with the kid \($0)" } ?? "a key that it does not name"
                report.end(
                    log, error,
                    missing: lacksKeys
                        ? .init(
                            text: "It is encrypted to \(name).", remedy: "Give the private key file: --keys FILE")
                        : nil)
                if error.code == .decryptionKeyNotFound {
                    report.findings.append(
                        .skipped(
                            "token.recipient",
                            "If the service made this token, as a request object or a client assertion, it is encrypted to itsme, and only itsme can open it.",
                            remedy: "Inspect it before it is encrypted, or see it in the sessions of a local itsme."))
                }
                return report
            case .success(let jws):
                try await check(jws, phase, client, login, log, &report)
                return report
            }
        }

        /// A token that is signed only. The library refuses it; the rest is checked too, because that may say why.
        private func unencrypted(
            _ jws: JWS, _ token: [UInt8], as kind: InspectedKind?, login: LoginFacts
        ) async throws -> InspectionReport {
            let client = try client(to: token, keyID: nil)
            let phase = phase(kind, jws.content)
            var report = InspectionReport("jws", "A token that is signed, but not encrypted.")
            report.name(phase, isKnown: kind != nil || jws.content?.looksLikeIDToken == true)
            let encryption = RuleLog()
            if case .failure(let error) = try await encryption.run({
                try await client.signedToken(in: token, phase: phase)
            }) {
                report.end(encryption, error)
            }
            try await check(jws, phase, client, login, RuleLog(), &report)
            return report
        }

        /// Checks signature and claims.
        private func check(
            _ jws: JWS, _ phase: ItsmeError.Phase, _ client: ItsmeClient, _ login: LoginFacts, _ log: RuleLog,
            _ report: inout InspectionReport
        ) async throws {
            report.headers.append(("JWS", jws.header))
            report.claims = jws.content.map { .init(json: $0, isVerified: false) }
            let claims: VerifiedClaims
            switch try await log.run({ try await client.verifiedClaims(of: jws, phase: phase) }) {
            case .failure(let error):
                let isUnknown = lacksProvider && (error.phase == .discovery || error.phase == .providerKeys)
                let name = jws.header.keyID.map { "It is signed with the key with the kid \($0)." } ?? "It is signed."
                report.end(
                    log, error,
                    missing: isUnknown
                        ? .init(
                            text: "\(name) The keys of the provider are not known.",
                            remedy: "Give --environment NAME, or --provider-keys FILE") : nil)
                return
            case .success(let verified):
                claims = verified
            }
            report.claims = .init(json: claims.json, isVerified: true)
            var login = login
            login.issuer = environment?.issuer
            login.clientID = clientID
            if phase == .userInfo {
                try await checkUserInfo(claims, client, login, log, &report)
            } else {
                try await checkIDToken(claims, client, login, log, &report)
            }
        }

        private func checkIDToken(
            _ claims: VerifiedClaims, _ client: ItsmeClient, _ login: LoginFacts, _ log: RuleLog,
            _ report: inout InspectionReport
        ) async throws {
            var gaps = gaps("id-token", login)
            if login.nonce == nil {
                gaps["id-token.nonce"] = .init(
                    text: "There is a nonce. It was not compared, since that of the request is not known.",
                    remedy: "Give it: --nonce TEXT")
            }
            if login.requestedLevel == nil {
                gaps["id-token.acr"] = .init(
                    text: "The level was not compared, since the requested one is not known.",
                    remedy: "Give it, if the request had one: --level basic or --level advanced")
            }
            if login.maximumAuthenticationAge == nil {
                gaps["id-token.auth_time"] = .init(
                    text: "The time of the authentication is not in the future. Its age was not compared.",
                    remedy: "Give the max_age of the request, if it had one: --max-age SECONDS")
            }
            switch try await log.run({ try client.idToken(claims, of: login) }) {
            case .success: report.end(log, nil, gaps: gaps)
            case .failure(let error):
                let lacksToken = login.accessToken == nil && error.code == .accessTokenHashMismatch
                report.end(
                    log, error, gaps: gaps,
                    missing: lacksToken
                        ? .init(
                            text: "There is a hash of the access token, which is not known.",
                            remedy: "Inspect the whole token response.") : nil)
            }
        }

        private func checkUserInfo(
            _ claims: VerifiedClaims, _ client: ItsmeClient, _ login: LoginFacts, _ log: RuleLog,
            _ report: inout InspectionReport
        ) async throws {
            var gaps = gaps("userinfo", login)
            var validated: IDToken?
            if let idToken {
                do {
                    validated = try await validatedIDToken(idToken, client, login)
                } catch let error as ItsmeError {
                    report.findings.append(
                        .fail(
                            "userinfo.id-token", "The ID token to compare with cannot be used: \(error.code).",
                            remedy: "Inspect it alone."))
                }
            }
            if validated == nil {
                for name in ["kind", "sub"] {
                    gaps["userinfo.\(name)"] = .init(
                        text: "Not compared with the ID token of the login, which is not known.",
                        remedy: "Give it: --id-token FILE")
                }
            }
            let result = try await log.run { try client.userInfo(claims, with: validated, of: login) }
            if case .failure(let error) = result {
                report.end(log, error, gaps: gaps)
            } else {
                report.end(log, nil, gaps: gaps)
            }
        }

        private func validatedIDToken(
            _ text: String, _ client: ItsmeClient, _ login: LoginFacts
        ) async throws -> IDToken {
            var login = login
            var token = Array(text.utf8)
            if text.hasPrefix("{") {
                let body = try TokenResponseBody(parsing: token)
                (token, login.accessToken) = (body.idToken, body.accessToken)
            }
            let jws = try await client.signedToken(in: token, phase: .idToken)
            return try client.idToken(try await client.verifiedClaims(of: jws, phase: .idToken), of: login)
        }

        private func gaps(_ phase: String, _ login: LoginFacts) -> [String: RuleLog.Gap] {
            var gaps: [String: RuleLog.Gap] = [:]
            if login.issuer == nil {
                gaps["\(phase).iss"] = .init(
                    text: "The issuer was not compared, since the environment is not known.",
                    remedy: "Give it: --environment NAME")
            }
            if login.clientID == nil {
                gaps["\(phase).aud"] = .init(
                    text: "There is one audience. It was not compared, since the client id is not known.",
                    remedy: "Give it: --client-id ID")
            }
            return gaps
        }

        // MARK: What it is

        private func phase(_ kind: InspectedKind?, _ content: JSON?) -> ItsmeError.Phase {
            switch kind {
            case .userInfo: .userInfo
            case .idToken, .tokenResponse: .idToken
            case nil: content?.looksLikeIDToken == false ? .userInfo : .idToken
            }
        }

        /// The content, not verified, if the keys are there.
        private func content(of token: [UInt8], _ client: ItsmeClient) async -> JSON? {
            for phase in [ItsmeError.Phase.idToken, .userInfo] {
                if let jws = try? await client.signedToken(in: token, phase: phase) { return jws.content }
            }
            return nil
        }

        /// A client with the keys that are given, or with one that it cannot use.
        private func client(to token: [UInt8], keyID: String?) throws -> ItsmeClient {
            do throws(ItsmeError) {
                if let knownAuthentication { return try client(knownAuthentication) }
                let encryptedKey = token.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
                    .dropFirst()
                    .first
                let size = encryptedKey.flatMap { try? Base64URL.decode(String(decoding: $0, as: UTF8.self)) }?.count
                let keys = try ClientKeys(
                    signer: AbsentKey(keyID: "absent-signing-key", modulusSize: 256),
                    unwrappers: [AbsentKey(keyID: keyID, modulusSize: size ?? 256)])
                return try client(.privateKeyJWT(keys))
            } catch {
                throw ToolFailure("\(error.reason). \(error.remedy)")
            }
        }
    }

    /// Stands for a private key that was not given.
    private struct AbsentKey: KeySigner, KeyUnwrapper {
        let keyID: String?
        let modulusSize: Int

        var algorithm: SignatureAlgorithm { .rs256 }

        func supports(_ algorithm: KeyManagementAlgorithm) -> Bool { true }

        func signature(over input: [UInt8]) throws -> [UInt8] { throw KeyUnavailable("it was not given") }

        func unwrap(_ encryptedKey: [UInt8], algorithm: KeyManagementAlgorithm) throws -> SecretBytes {
            throw KeyUnavailable("it was not given")
        }
    }

    extension JWS {
        /// The content, not verified; nil if it is no JSON object.
        var content: JSON? {
            guard let json = try? JSON(parsing: unverifiedPayload), json.kind == .object else { return nil }
            return json
        }
    }

    extension JSON {
        fileprivate var looksLikeIDToken: Bool { UserInfo.idTokenClaims.contains { self[$0] != nil } }
    }

    extension InspectionReport {
        fileprivate mutating func name(_ phase: ItsmeError.Phase, isKnown: Bool) {
            guard isKnown else { return }
            kind = phase == .userInfo ? "userinfo" : "id_token"
            title = phase == .userInfo ? "A UserInfo answer." : "An ID token."
        }

        /// Adds what the library found, and the result.
        mutating func end(
            _ log: RuleLog, _ error: ItsmeError?, gaps: [String: RuleLog.Gap] = [:], missing: RuleLog.Gap? = nil
        ) {
            findings += log.findings(error: error, gaps: gaps, missing: missing)
            if code == nil, missing == nil { code = error?.code.description }
            guard !findings.hasFailure else { return }
            let skipped = findings.filter { $0.level == .skipped }.count
            findings.append(
                skipped == 0
                    ? .ok("result", "The library accepts it: no rule is broken.")
                    : .skipped("result", "No rule that was checked is broken. Some could not be checked: see above."))
        }
    }
#endif
