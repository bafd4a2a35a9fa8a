public import HTTPTypes
public import JOSE
public import Logging

/// Serves the client's public keys to itsme: the JWK Set URL of the registration.
///
/// ```swift
/// let endpoint = try JWKSetEndpoint(keys)   // the same source as in ClientAuthentication.privateKeyJWT
/// ```
///
/// The set is read for each request, so a rotation takes effect at once. Only public halves are served, never private
/// members. A set that would break logins (no key for `sig` or `enc`, a key without `kid`) is answered with 500: after
/// an error itsme keeps the last good set, but it would cache a bad one for up to a day.
///
/// itsme requires that the URL needs no login, does not redirect, answers within a second, and has an
/// organization-validated certificate. itsme caches the set for up to 24 hours, or as long as `Cache-Control: max-age`
/// states, but at least 30 minutes.
public struct JWKSetEndpoint: HTTPHandler {
    private let keySet: @Sendable () -> JWKSet?
    private let cacheControl: String
    private let logger: Logger

    /// Serves the public halves of the client's keys.
    ///
    /// - Parameters:
    ///   - keys: The client's keys, or the source that rotates them.
    ///   - maximumAge: How long itsme may cache the set: 30 minutes (the default, and the shortest that itsme honours)
    ///     to 24 hours.
    ///   - logger: Receives a message if a set cannot be served.
    /// - Throws: ``ItsmeError`` `missing_key` if the keys have no public set or it lacks a key; `unsuitable_key`;
    ///   `invalid_configuration` for the age, also if it exceeds the ``KeyRing/Timing/cacheLifetime`` of a
    ///   ``ClientKeyRing``.
    public init(
        _ keys: any ClientKeySource, maximumAge: Duration = .seconds(1800),
        logger: Logger = Logger(label: "itsme")
    ) throws(ItsmeError) {
        if let ring = keys as? ClientKeyRing, maximumAge > ring.ring.timing.cacheLifetime {
            throw ItsmeError(
                .invalidConfiguration, .configuration,
                "the JWK Set may be cached for longer than the waiting time of the key ring's rotations",
                remedy: "Lower the age to the ring's cache lifetime, or make the ring with a longer cache lifetime.",
                field: "maximumAge")
        }
        try self.init(maximumAge: maximumAge, logger: logger) { keys.clientKeys.publicJWKSet }
    }

    /// Serves the set that `keySet` returns for each request, for keys that are held elsewhere.
    ///
    /// - Throws: As ``init(_:maximumAge:logger:)``; `keySet` is called once at once.
    public init(
        maximumAge: Duration = .seconds(1800),
        logger: Logger = Logger(label: "itsme"),
        keySet: @escaping @Sendable () -> JWKSet?
    ) throws(ItsmeError) {
        guard (.seconds(1800) ... .seconds(86_400)).contains(maximumAge), maximumAge.isWholeSeconds else {
            throw ItsmeError(
                .invalidConfiguration, .configuration,
                "the age of the JWK Set is out of range or not in whole seconds",
                remedy: "Choose between 1800 and 86400 whole seconds, the range that itsme accepts.",
                field: "maximumAge")
        }
        cacheControl = "public, max-age=\(maximumAge.components.seconds)"
        self.keySet = keySet
        self.logger = logger
        _ = try Self.body(of: keySet())
    }

    /// Answers GET and HEAD with the set.
    public func respond(to request: HTTPRequest, body: [UInt8]) async -> HTTPReply {
        if let refusal = PublishedDocument.refusal(of: request) { return refusal }
        do {
            return HTTPReply(
                .ok, try Self.body(of: keySet()), contentType: "application/jwk-set+json", cacheControl: cacheControl)
        } catch {
            logger.error("the public JWK Set cannot be served", metadata: ["itsme.error": "\(error)"])
            return .plain(.internalServerError, "The keys are not available")
        }
    }

    private static func body(of set: JWKSet?) throws(ItsmeError) -> [UInt8] {
        guard let set else { throw missing("there is no public JWK Set", "keys") }
        for use in [KeyUse.signature, .encryption] where !set.keys.contains(where: { $0.use == use }) {
            throw missing("the public JWK Set has no key for \"use\": \"\(use.rawValue)\"", "keys.\(use.rawValue)")
        }
        for key in set.keys where key.keyID?.isEmpty != false {
            throw ItsmeError(
                .unsuitableKey, .configuration, "a key of the public JWK Set has no key ID",
                remedy: "Give every key its own kid.", field: "keys.kid")
        }
        do {
            return try set.publicJSON().serialized()
        } catch {
            throw ItsmeError(
                .unsuitableKey, .configuration, "a key of the JWK Set has no public half: \(error.reason)",
                remedy: "Publish RSA keys only.", field: "keys", joseCode: error.code)
        }
    }

    private static func missing(_ reason: String, _ field: String) -> ItsmeError {
        ItsmeError(
            .missingKey, .configuration, reason,
            remedy: "Publish an RSA key with \"use\": \"sig\" and one with \"use\": \"enc\".", field: field)
    }
}
