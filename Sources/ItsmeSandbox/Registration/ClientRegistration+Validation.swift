import JOSE

extension ClientRegistration {
    /// Checks every field against the rules of itsme's onboarding.
    ///
    /// - Throws: ``SandboxConfigurationError`` that names the field and the remedy.
    public func validate() throws(SandboxConfigurationError) {
        guard Self.isIdentifier(clientID) else {
            throw SandboxConfigurationError(
                "client_id", "It is empty, too long or holds characters outside visible ASCII.",
                remedy: "Use the client id of the onboarding, at most 255 characters.")
        }
        guard !redirectURIs.isEmpty else {
            throw SandboxConfigurationError(
                "redirect_uris", "The list is empty.", remedy: "Register at least one redirect URI.")
        }
        for (index, uri) in redirectURIs.enumerated() { try Self.validate(redirectURI: uri, index: index) }
        for (index, uri) in requestURIs.enumerated() { try Self.validate(requestURI: uri, index: index) }
        try validateServices()
        try validateKeys()
        try Self.validate(idTokenEncryption, field: "id_token_encrypted_response")
        try Self.validate(userInfoEncryption, field: "userinfo_encrypted_response")
        try validateSignature()
        if let notificationEndpoint { try Self.validate(notificationEndpoint: notificationEndpoint) }
    }

    private static func isIdentifier(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 255 && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }

    private static func validate(redirectURI uri: String, index: Int) throws(SandboxConfigurationError) {
        let field = "redirect_uris[\(index)]"
        guard let address = WebAddress(uri) else {
            throw SandboxConfigurationError(
                field, "It is not an absolute http or https URL. Custom schemes are not possible.",
                remedy: "Write a URL such as https://shop.example/callback.")
        }
        guard !address.hasFragment else {
            throw SandboxConfigurationError(field, "It has a fragment.", remedy: "Remove the # and what follows.")
        }
        guard address.scheme == "https" || address.isLoopback else {
            throw SandboxConfigurationError(
                field, "It is not https.", remedy: "Use https, or a loopback address for development.")
        }
    }

    private static func validate(requestURI uri: String, index: Int) throws(SandboxConfigurationError) {
        let field = "request_uris[\(index)]"
        guard uri.utf8.count <= 512, let address = WebAddress(uri), !address.hasFragment else {
            throw SandboxConfigurationError(
                field, "It is not an absolute URL of at most 512 characters without fragment.",
                remedy: "Write a URL such as https://shop.example:443/itsme/request.")
        }
        // itsme requires a public host and port 443. The sandbox also accepts this machine, which only it can reach.
        guard address.isLoopback || (address.scheme == "https" && address.port == 443) else {
            throw SandboxConfigurationError(
                field, "It is not https with the explicit port 443.", remedy: "Write https:// and :443 after the host.")
        }
    }

    private static func validate(notificationEndpoint uri: String) throws(SandboxConfigurationError) {
        guard let address = WebAddress(uri), !address.hasFragment, address.scheme == "https" || address.isLoopback
        else {
            throw SandboxConfigurationError(
                "backchannel_client_notification_endpoint", "It is not an absolute https URL.",
                remedy: "Use https, or a loopback address for development.")
        }
    }

    private func validateServices() throws(SandboxConfigurationError) {
        guard !services.isEmpty else {
            throw SandboxConfigurationError(
                "services", "The list is empty.", remedy: "Register at least one service code with its kind.")
        }
        var codes: Set<String> = []
        for (index, service) in services.enumerated() {
            guard Self.isIdentifier(service.code) else {
                throw SandboxConfigurationError(
                    "services[\(index)].code", "It is empty, too long or holds characters outside visible ASCII.",
                    remedy: "Use the service code of the onboarding.")
            }
            guard codes.insert(service.code).inserted else {
                throw SandboxConfigurationError(
                    "services[\(index)].code", "It occurs twice.", remedy: "Give each service a code of its own.")
            }
        }
    }

    private func validateKeys() throws(SandboxConfigurationError) {
        switch keys {
        case .jwksURI(let uri):
            guard let address = WebAddress(uri), !address.hasFragment, address.scheme == "https" || address.isLoopback
            else {
                throw SandboxConfigurationError(
                    "jwks_uri", "It is not an absolute https URL.",
                    remedy: "Use https, or a loopback address for development.")
            }
        case .inline(let set):
            try ClientKeySet.check(set)
        case .none:
            guard case .clientSecretPost = authentication else {
                throw SandboxConfigurationError(
                    "jwks_uri", "There are no keys, and the client authenticates with a key pair.",
                    remedy: "Give jwks_uri or jwks.")
            }
        }
    }

    private static func validate(
        _ encryption: TokenEncryption, field: String
    ) throws(SandboxConfigurationError) {
        guard [nil, .rsaOAEP256, .rsaOAEP].contains(encryption.keyManagement) else {
            throw SandboxConfigurationError(
                "\(field)_alg", "It is not offered by itsme.", remedy: "Use RSA-OAEP-256 or RSA-OAEP.")
        }
        guard [.a128CBC_HS256, .a256GCM].contains(encryption.contentEncryption) else {
            throw SandboxConfigurationError(
                "\(field)_enc", "It is not offered by itsme.", remedy: "Use A128CBC-HS256 or A256GCM.")
        }
    }

    private func validateSignature() throws(SandboxConfigurationError) {
        if let secret {
            let minimum = tokenSignature == .hs256 ? 32 : 1
            guard secret.text.utf8.count >= minimum else {
                throw SandboxConfigurationError(
                    "client_secret", "It is shorter than \(minimum) bytes.",
                    remedy: "Use a random secret; HS256 needs at least 32 bytes (RFC 7518 section 3.2).")
            }
        }
        guard tokenSignature == .rs256 || (tokenSignature == .hs256 && secret != nil) else {
            throw SandboxConfigurationError(
                "token_signed_response_alg", "It does not fit the authentication method.",
                remedy: "Use RS256, or HS256 for a client with a secret.")
        }
    }
}
