import JOSE

/// What a client needs for the backchannel, and only one with a key pair has.
struct BackchannelAccess {
    let metadata: ProviderMetadata

    /// The backchannel authentication endpoint.
    let endpoint: Endpoint

    /// Signs requests and hints.
    let signer: any KeySigner
}

extension ItsmeClient {
    func backchannel(phase: ItsmeError.Phase) async throws -> BackchannelAccess {
        guard case .privateKeyJWT(let source, _) = configuration.authentication.method else {
            throw ItsmeError(
                .backchannelNotOffered, phase, "itsme offers the backchannel to clients with a key pair only",
                field: "authentication")
        }
        let metadata = try await provider.metadata()
        guard let endpoint = metadata.backchannelAuthentication else {
            throw ItsmeError(
                .backchannelNotOffered, phase, "the discovery document names no backchannel authentication endpoint",
                remedy: "Use an environment of the current generation.", field: "backchannel_authentication_endpoint")
        }
        return BackchannelAccess(metadata: metadata, endpoint: endpoint, signer: source.clientKeys.signer)
    }

    static func backchannelExpired(phase: ItsmeError.Phase) -> ItsmeError {
        ItsmeError(.backchannelExpired, phase)
    }

    static func backchannelCompleted(phase: ItsmeError.Phase) -> ItsmeError {
        ItsmeError(.backchannelCompleted, phase)
    }
}
