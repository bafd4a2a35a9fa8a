#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import JOSE

/// What a client knows about its ability to serve logins, for a readiness probe. ``ItsmeClient/health()`` makes it.
///
/// It holds no key, no claim and no URL.
public struct ItsmeHealth: Sendable {
    /// What the client fetches from itsme and keeps.
    public enum ResourceName: String, Sendable, Hashable {
        /// The discovery document.
        case metadata
        /// itsme's JWK Set.
        case keys
    }

    /// Whether a cached resource can be used.
    public enum State: String, Sendable, Hashable {
        /// It is within its lifetime.
        case fresh
        /// Its lifetime is over, since itsme did not answer or nobody asked. It can be used for another day.
        case stale
        /// There is none that may be used.
        case missing
    }

    /// Why the latest fetch of a resource failed.
    public struct Failure: Sendable {
        /// What was fetched.
        public let resource: ResourceName
        /// What went wrong. It is safe to log.
        public let error: ItsmeError
        /// How long ago that was.
        public let age: Duration
    }

    /// A cached resource.
    public struct Resource: Sendable {
        /// Whether it can be used.
        public let state: State
        /// How long ago it was fetched; nil if it is missing.
        public let age: Duration?
        /// Why the latest fetch failed; nil if it succeeded, or if there was none.
        public let lastFailure: Failure?
    }

    /// The provider's metadata.
    public let metadata: Resource

    /// The provider's keys.
    public let keys: Resource

    /// The next step of each rotation of the client's own keys that is in progress, if a ``ClientKeyRing`` holds them.
    public let rotationSteps: [RotationStep]

    /// Whether the client was shut down; see ``ItsmeClient/shutdown()``.
    public let isShutDown: Bool

    /// The date at which all this held.
    let date: Date

    /// Whether a login can be served now: metadata and keys can be used, and the client was not shut down.
    ///
    /// It is false until both were fetched once: by a login, ``ItsmeClient/warmUp()`` or `ItsmeClientService`. It does
    /// not say whether itsme answers at this moment.
    public var isReady: Bool {
        !isShutDown && metadata.state != .missing && keys.state != .missing
    }

    /// The more recent failure of the two resources; nil if the latest fetches succeeded.
    public var lastFailure: Failure? {
        guard let first = metadata.lastFailure, let second = keys.lastFailure else {
            return metadata.lastFailure ?? keys.lastFailure
        }
        return second.age < first.age ? second : first
    }

    /// The same as a JSON object for the body of a probe. Of a failure it has only code, kind and phase; of the client's
    /// keys only when which step is due. Ages are in whole seconds.
    ///
    /// ```json
    /// {"ready":true,"metadata":{"state":"fresh","age":12},"keys":{"state":"fresh","age":12},"rotation":[]}
    /// ```
    public var json: String {
        JSONValue.object([
            .init(name: "ready", value: .bool(isReady)),
            .init(name: "metadata", value: Self.json(metadata)),
            .init(name: "keys", value: Self.json(keys)),
            .init(name: "rotation", value: .array(rotationSteps.map { Self.json($0, at: date) })),
        ]).serializedString()
    }

    private static func json(_ resource: Resource) -> JSONValue {
        var value: JSONValue = ["state": .string(resource.state.rawValue)]
        if let age = resource.age { value["age"] = .integer(age.components.seconds) }
        if let failure = resource.lastFailure {
            value["failure"] = [
                "code": .string(failure.error.code.description), "kind": .string(failure.error.kind.rawValue),
                "phase": .string(failure.error.phase.description), "age": .integer(failure.age.components.seconds),
            ]
        }
        return value
    }

    private static func json(_ step: RotationStep, at date: Date) -> JSONValue {
        [
            "use": .string(step.use.rawValue), "action": .string(step.action.rawValue),
            "earliest": step.earliest.map { .string($0.ISO8601Format()) } ?? .null,
            "due": .bool(step.isDue(at: date)),
        ]
    }
}

extension ItsmeHealth: CustomStringConvertible {
    /// The same as ``json``.
    public var description: String { json }
}
