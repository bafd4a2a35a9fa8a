#if Configuration
    import ItsmeRP
    import JOSE
    import WebFormats

    /// How the client proves its identity.
    struct ClientIdentity {
        let authentication: ClientAuthentication
        let keys: ClientKeyRing?
        let keyFile: KeyFile?
    }

    /// The algorithms that were given.
    struct GivenAlgorithms {
        var idToken: GivenParts
        var userInfo: GivenParts
        var requestObject: GivenParts

        struct GivenParts {
            let signature: SignatureAlgorithm?
            let keyManagement: KeyManagementAlgorithm?
            let contentEncryption: ContentEncryptionAlgorithm?

            func apply(to algorithms: inout TokenAlgorithms) {
                if let signature { algorithms.signature = signature }
                if let keyManagement { algorithms.keyManagement = keyManagement }
                if let contentEncryption { algorithms.contentEncryption = contentEncryption }
            }
        }

        func apply(to client: inout ItsmeConfiguration) {
            idToken.apply(to: &client.idTokenAlgorithms)
            userInfo.apply(to: &client.userInfoAlgorithms)
            requestObject.apply(to: &client.requestObjectAlgorithms)
        }
    }

    extension SettingReader {
        mutating func environment() -> ItsmeEnvironment? {
            let name = choice(.environment)
            let issuer = text(.issuer)
            let profile = choice(.profile).map { $0 == "v1" ? ProtocolProfile.v1 : .v2 }
            guard let name else { return nil }
            let isSandbox = name == Setting.sandboxEnvironment
            guard isSandbox || name == Setting.customEnvironment else {
                for (setting, isGiven) in [(Setting.issuer, issuer != nil), (.profile, profile != nil)] where isGiven {
                    refuse(
                        setting, "this environment has a fixed value of its own",
                        remedy:
                            "Remove it, or set \(Setting.environment.name.variable)=\(Setting.customEnvironment).")
                }
                do {
                    return try ItsmeEnvironment(named: name)
                } catch {
                    refuse(Setting.environment.name, error)
                    return nil
                }
            }
            guard let issuer else {
                refuse(.issuer, "it is missing", remedy: "Give the issuer of the \(name) environment.")
                return nil
            }
            do {
                return isSandbox
                    ? try .loopbackSandbox(issuer: issuer, profile: profile ?? .v2)
                    : try .custom(issuer: issuer, profile: profile ?? .v2)
            } catch {
                refuse(
                    .issuer, error.reason,
                    remedy: error.remedy
                        + (isSandbox
                            ? ""
                            : " For a sandbox on this machine, set \(Setting.environment.name.variable)=\(Setting.sandboxEnvironment).")
                )
                return nil
            }
        }

        mutating func identity(custodian: (any KeyCustodian)?) -> ClientIdentity? {
            let path = text(.keyFile)
            let hadProblems = problems.count
            let secret = secret(.clientSecret)
            let encrypts = flag(.encryptsClientAssertion)
            switch (path, secret) {
            case (nil, nil):
                // A secret that cannot be read is not missing.
                guard problems.count == hadProblems else { return nil }
                refuse(
                    .keyFile, "it is missing, and so is \(Setting.clientSecret.name.variable)",
                    remedy: "Make keys with: itsme keys generate. If itsme gave you a secret, give that.",
                    isMissing: true)
            case (.some, .some):
                refuse(
                    .clientSecret, "both a key file and a client secret are given",
                    remedy: "Keep the one that was registered at itsme.")
            case (let path?, nil):
                let file = keyFile(path)
                do {
                    let keys = try ClientKeyRing(contentsOf: file, custodian: custodian)
                    return ClientIdentity(
                        authentication: .privateKeyJWT(keys, encryptsAssertion: encrypts), keys: keys, keyFile: file)
                } catch {
                    refuse(Setting.keyFile.name, error)
                }
            case (nil, let secret?):
                if encrypts != nil {
                    refuse(
                        .encryptsClientAssertion, "a client with a secret has no assertions", remedy: "Remove it.")
                }
                // Editors and shells add them. itsme would only say that the secret is wrong.
                let isInvisible = { (scalar: Unicode.Scalar) in
                    [.control, .format].contains(scalar.properties.generalCategory)
                }
                if secret.unicodeScalars.contains(where: isInvisible) {
                    refuse(
                        .clientSecret, "it has a line break, a byte order mark or another invisible character",
                        remedy: "Give the secret alone, for example with printf instead of echo.")
                }
                return ClientIdentity(authentication: .clientSecretPost(Secret(secret)), keys: nil, keyFile: nil)
            }
            return nil
        }

        mutating func sealer() -> Sealer? {
            let current = sealingKey(.sealingKey)
            let previous = sealingKey(.previousSealingKey)
            guard let current else { return nil }
            do {
                return try Sealer(key: current, previousKey: previous)
            } catch {
                refuse(Setting.sealingKey.name, error)
                return nil
            }
        }

        private mutating func sealingKey(_ setting: Setting) -> SymmetricKey? {
            guard let text = secret(setting) else { return nil }
            guard var bytes = StandardBase64.decode(text), bytes.count == 32 else {
                refuse(
                    setting, "it is not 32 bytes in Base64 (44 characters, the last one =)",
                    remedy: "Make a sealing key with: \(Setting.sealingKeyCommand)")
                return nil
            }
            return SymmetricKey(SecretBytes(taking: &bytes))
        }

        mutating func targetOrigins() -> [String] {
            let origins = list(.allowedTargetOrigins) ?? []
            do {
                try PostLoginTarget.check(Set(origins))
            } catch {
                refuse(Setting.allowedTargetOrigins.name, error)
            }
            return origins
        }

        mutating func algorithms() -> GivenAlgorithms {
            GivenAlgorithms(
                idToken: parts(
                    .idTokenSignedResponseAlg, .idTokenEncryptedResponseAlg, .idTokenEncryptedResponseEnc),
                userInfo: parts(
                    .userinfoSignedResponseAlg, .userinfoEncryptedResponseAlg, .userinfoEncryptedResponseEnc),
                requestObject: parts(
                    .requestObjectSigningAlg, .requestObjectEncryptionAlg, .requestObjectEncryptionEnc))
        }

        private mutating func parts(
            _ signature: Setting, _ keyManagement: Setting, _ contentEncryption: Setting
        ) -> GivenAlgorithms.GivenParts {
            GivenAlgorithms.GivenParts(
                signature: value(signature) { SignatureAlgorithm(name: $0) },
                keyManagement: value(keyManagement) { KeyManagementAlgorithm(name: $0) },
                contentEncryption: value(contentEncryption) { ContentEncryptionAlgorithm(name: $0) })
        }

        mutating func requestDelivery(store: (any RequestObjectStore)?) -> RequestDelivery? {
            let method = choice(.requestDelivery)
            let uri = text(.requestURI)
            if method != "by-reference", uri != nil {
                refuse(
                    .requestURI, "requests are not delivered by reference",
                    remedy: "Remove it, or set \(Setting.requestDelivery.name.variable)=by-reference.")
            }
            switch method {
            case "by-reference":
                guard let uri else {
                    refuse(.requestURI, "it is missing", remedy: "Give the request URI that was registered at itsme.")
                    return nil
                }
                guard let store else {
                    refuse(
                        .requestDelivery, "this application has no store for request objects",
                        remedy:
                            "Set by-value, or give the store in the code: ItsmeSettings(reader, requestObjectStore: store)."
                    )
                    return nil
                }
                return .byReference(uri, store: store)
            case "unprotected-query": return .unprotectedQuery
            default: return nil
            }
        }
    }
#endif
