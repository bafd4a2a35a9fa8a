#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension KeyRing {
    /// How long the steps of a rotation have to wait.
    public struct Timing: Sendable, Hashable {
        /// The longest that itsme keeps the client's JWK Set: the `max-age` that it is served with, which has to be at
        /// least 30 minutes and counts up to 24 hours. In whole seconds.
        public let cacheLifetime: Duration

        /// The longest that it takes until every instance of the application has adopted a changed ring. In whole
        /// seconds; zero if there is one instance, which changes the ring itself.
        public let propagation: Duration

        /// How long a login may depend on a key after its last use: request objects and client assertions are valid for
        /// five minutes at most, tokens arrive at once; clocks differ a little.
        static let inFlight: Duration = .seconds(600)

        private init(unchecked cacheLifetime: Duration, _ propagation: Duration) {
            self.cacheLifetime = cacheLifetime
            self.propagation = propagation
        }

        /// 24 hours and 10 minutes: right for every `max-age`, and for instances that reload within 10 minutes.
        public init() {
            self.init(unchecked: .seconds(86_400), .seconds(600))
        }

        /// Makes a timing.
        ///
        /// - Parameters:
        ///   - cacheLifetime: 30 minutes to 24 hours; never less than the `max-age` of the served set.
        ///   - propagation: Up to 24 hours.
        /// - Throws: ``ItsmeError`` `invalid_configuration`.
        public init(cacheLifetime: Duration, propagation: Duration) throws(ItsmeError) {
            try Self.check(cacheLifetime, in: 1800...86_400, "cacheLifetime")
            try Self.check(propagation, in: 0...86_400, "propagation")
            self.init(unchecked: cacheLifetime, propagation)
        }

        private static func check(
            _ duration: Duration, in range: ClosedRange<Int64>, _ field: String
        ) throws(ItsmeError) {
            let (seconds, attoseconds) = duration.components
            guard range.contains(seconds), attoseconds == 0 else {
                throw ItsmeError(
                    .invalidConfiguration, .configuration, "the duration is out of bounds",
                    remedy: "Choose between \(range.lowerBound) and \(range.upperBound) whole seconds.", field: field)
            }
        }

        /// A next signing key has reached every cached set.
        var untilActivation: Duration { propagation + cacheLifetime }
        /// No login under way depends on a signing key that signs no more.
        var untilSigningFinish: Duration { propagation + Self.inFlight }
        /// A next encryption key is known to every instance.
        var untilPublication: Duration { propagation }
        /// An encryption key that is no longer published has left every cached set.
        var untilEncryptionFinish: Duration { propagation + cacheLifetime + Self.inFlight }
    }
}

extension Date {
    func adding(_ duration: Duration) -> Date {
        addingTimeInterval(duration / .seconds(1))
    }
}
