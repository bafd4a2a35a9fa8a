#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import JOSE

/// The tokens that the client makes: request objects and client assertions.
enum OwnToken {
    /// `iat` and `nbf` of a token made at a moment, in seconds since 1970.
    ///
    /// Set back by a minute: a provider whose clock is behind this machine's would refuse what comes from the future.
    static func issuedAt(_ now: Date) -> Int64 {
        Int64(now.timeIntervalSince1970) - 60
    }

    static func sign(
        _ claims: JSONValue, with signer: any KeySigner, phase: ItsmeError.Phase
    ) async throws -> String {
        try await sign(claims.serialized(), with: signer, phase: phase)
    }

    /// `claims` is the text of a JSON object.
    static func sign(
        _ claims: [UInt8], with signer: any KeySigner, phase: ItsmeError.Phase
    ) async throws -> String {
        do {
            return try await JWS.sign(claims, with: signer)
        } catch let error as CancellationError {
            throw error
        } catch let error as KeyUnavailable {
            throw ItsmeError(
                .ownKeyFailed, phase, "the signing key is not available: \(error.reason)",
                remedy: "Check the HSM or KMS that holds the key.")
        } catch {
            throw ItsmeError(.ownKeyFailed, phase, "the signing key failed", joseCode: (error as? JOSEError)?.code)
        }
    }

    static func encrypt(
        _ signed: String, to key: JWK, algorithms: TokenAlgorithms, random: RandomSource, phase: ItsmeError.Phase
    ) throws(ItsmeError) -> String {
        do {
            return try JWE.encrypt(
                Array(signed.utf8), to: key, keyManagement: algorithms.keyManagement,
                contentEncryption: algorithms.contentEncryption, contentType: "JWT", random: random)
        } catch {
            throw ItsmeError(
                .providerKeyUnsuitable, phase, "nothing can be encrypted to the key of itsme: \(error.reason)",
                remedy: "Check the random generator; if it works, report the key to itsme.", joseCode: error.code)
        }
    }
}
