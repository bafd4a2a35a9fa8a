import HTTPTypes
import ItsmeRP
import ItsmeSandbox
import JOSE
import Synchronization
import TestSupport
import XCTest

/// A caller that is cancelled wherever the library waits: for the transport, a key, the replay guard or the store.
final class CancellationTests: FaultTestCase {
    /// Counts the places where the library waits, and cancels a task at one of them.
    private final class WaitingPlaces: Sendable {
        private struct State {
            var count = 0
            var target: Int?
            var cancel: (@Sendable () -> Void)?
        }

        private let state = Mutex(State())

        /// How many places were passed since the last call of ``aim(at:cancelling:)``.
        var count: Int { state.withLock { $0.count } }

        func aim(at target: Int?, cancelling cancel: (@Sendable () -> Void)?) {
            state.withLock { $0 = State(target: target, cancel: cancel) }
        }

        func pass() async {
            let cancel = state.withLock { state in
                state.count += 1
                return state.count == state.target ? state.cancel : nil
            }
            cancel?()
            // Whoever was cancelled, perhaps in another task than this one, gets time to leave.
            await Task.yield()
        }

        /// Waits before `work` and after it.
        func around<Result>(_ work: () async throws -> Result) async rethrows -> Result {
            await pass()
            let result = try await work()
            await pass()
            return result
        }
    }

    private struct Transport: HTTPTransport {
        let wrapped: any HTTPTransport
        let places: WaitingPlaces

        func send(_ request: HTTPRequest, body: [UInt8], limits: HTTPLimits) async throws -> HTTPReply {
            try await places.around { try await wrapped.send(request, body: body, limits: limits) }
        }
    }

    private struct Signer: KeySigner {
        let wrapped: LocalSigner
        let places: WaitingPlaces
        var algorithm: SignatureAlgorithm { wrapped.algorithm }
        var keyID: String? { wrapped.keyID }

        func signature(over input: [UInt8]) async throws -> [UInt8] {
            try await places.around {
                // As a signer behind a network would.
                try Task.checkCancellation()
                return try wrapped.signature(over: input)
            }
        }
    }

    private struct Unwrapper: KeyUnwrapper {
        let wrapped: LocalUnwrapper
        let places: WaitingPlaces
        var keyID: String? { wrapped.keyID }
        var modulusSize: Int { wrapped.modulusSize }
        func supports(_ algorithm: KeyManagementAlgorithm) -> Bool { wrapped.supports(algorithm) }

        func unwrap(_ encryptedKey: [UInt8], algorithm: KeyManagementAlgorithm) async throws -> SecretBytes {
            try await places.around {
                try Task.checkCancellation()
                return try wrapped.unwrap(encryptedKey, algorithm: algorithm)
            }
        }
    }

    private struct Guard: ReplayGuard {
        let wrapped = InMemoryStateStore()
        let places: WaitingPlaces

        func consume(_ identifier: String, until expiry: Date) async throws -> Bool {
            try await places.around {
                try Task.checkCancellation()
                return try await wrapped.consume(identifier, until: expiry)
            }
        }
    }

    private struct Store: RequestObjectStore {
        let wrapped: InMemoryStateStore
        let places: WaitingPlaces

        func store(_ requestObject: String, as id: RequestObjectID, until expiry: Date) async throws {
            try await places.around {
                try Task.checkCancellation()
                try await wrapped.store(requestObject, as: id, until: expiry)
            }
        }

        func requestObject(for id: RequestObjectID) async throws -> String? {
            try await places.around { try await wrapped.requestObject(for: id) }
        }
    }

    /// Cancels `login` of a client with cold caches at each of its waiting places in turn, and before it begins; the same
    /// client then has to complete a login.
    private func assertSurvivesCancellationEverywhere(
        _ name: String, _ places: WaitingPlaces, atLeast expected: Int, line: UInt = #line,
        client: () throws -> ItsmeClient, login: @escaping @Sendable (ItsmeClient) async throws -> Void
    ) async throws {
        let first = try client()
        places.aim(at: nil, cancelling: nil)
        try await login(first)
        let count = places.count
        XCTAssertGreaterThanOrEqual(count, expected, "\(name): it waits at fewer places than it should", line: line)
        var cancelled = 0
        for target in 0...count {
            let client = try client()
            let wasCancelled = await assertSurvivesCancellation(
                "\(name), place \(target) of \(count)", line: line,
                fault: {
                    let isAimed = Gate()
                    let work = Task {
                        await isAimed.wait()
                        try await login(client)
                    }
                    places.aim(at: target, cancelling: { work.cancel() })
                    if target == 0 { work.cancel() }
                    await isAimed.open()
                    try await work.value
                },
                login: {
                    places.aim(at: nil, cancelling: nil)
                    try await login(client)
                })
            cancelled += wasCancelled ? 1 : 0
        }
        // After the last place there may be nothing that notices.
        XCTAssertGreaterThanOrEqual(cancelled, count - 1, "\(name): the cancellation is not noticed", line: line)
    }

    private static let issuer = "http://127.0.0.1:8080/v2"

    private func world(
        _ places: WaitingPlaces, change: (inout ClientRegistration) -> Void = { _ in }
    ) throws -> SandboxWorld {
        let clock = SandboxClock()
        let sandbox = try SandboxWorld.sandbox(issuer: Self.issuer, clock: clock, change: change)
        let transport = InProcessTransport(["http://127.0.0.1:8080": sandbox])
        return SandboxWorld(sandbox: sandbox, clock: clock, transport: Transport(wrapped: transport, places: places))
    }

    private func keys(_ places: WaitingPlaces) throws -> ClientKeys {
        try ClientKeys(
            signer: Signer(wrapped: LocalSigner(TestProvider.keys.clientSigning), places: places),
            unwrappers: [Unwrapper(wrapped: LocalUnwrapper(TestProvider.keys.clientEncryption), places: places)])
    }

    func testSurvivesCancellationAnywhereInALogin() async throws {
        let places = WaitingPlaces()
        let world = try world(places)
        // Discovery, keys, browser, token, UserInfo, picture; two signatures, two decryptions, one use: eleven, twice.
        try await assertSurvivesCancellationEverywhere(
            "login", places, atLeast: 22,
            client: {
                try world.client {
                    $0.authentication = .privateKeyJWT(try keys(places), encryptsAssertion: true)
                    $0.replayGuard = Guard(places: places)
                }
            },
            login: { client in
                let (tokens, userInfo) = try await world.login(client, scopes: [.profile])
                _ = try await client.picture(of: userInfo, for: tokens)
            })
    }

    func testSurvivesCancellationAnywhereInALoginWithAClientSecret() async throws {
        let places = WaitingPlaces()
        let world = try world(places) {
            $0.authentication = .clientSecretPost(ClientSecret(SandboxWorld.secret))
            $0.keys = .none
        }
        // Discovery, keys, browser, token, UserInfo, revocation, and one use: seven, twice.
        try await assertSurvivesCancellationEverywhere(
            "login with a secret", places, atLeast: 14,
            client: {
                try world.client {
                    let time = $0.time
                    $0 = ItsmeConfiguration(
                        environment: $0.environment, clientID: $0.clientID,
                        authentication: .clientSecretPost(Secret(SandboxWorld.secret)), redirectURI: $0.redirectURI)
                    $0.time = time
                    $0.replayGuard = Guard(places: places)
                }
            },
            login: { client in try await client.revoke(world.login(client).tokens) })
    }

    func testSurvivesCancellationAnywhereInARequestByReference() async throws {
        let places = WaitingPlaces()
        let provider = TestProvider()
        let transport = Transport(wrapped: provider, places: places)
        // Discovery, keys, signature, store: four, twice.
        try await assertSurvivesCancellationEverywhere(
            "request by reference", places, atLeast: 8,
            client: {
                var configuration = try provider.configuration
                configuration.authentication = .privateKeyJWT(try keys(places))
                configuration.requestDelivery = .byReference(
                    "https://rp.example.be:443/itsme/request/",
                    store: Store(wrapped: InMemoryStateStore(time: provider.time), places: places))
                return try ItsmeClient(configuration, transport: transport)
            },
            login: { client in _ = try await client.authorizationRequest(for: .login("LOGIN")) })
    }
}
