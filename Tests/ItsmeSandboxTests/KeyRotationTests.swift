import Foundation
import HTTPTypes
import ItsmeRP
import ItsmeSandbox
import JOSE
import Synchronization
import TestSupport
import XCTest

/// Two instances of a client rotate both keys while people log in, against a sandbox that caches the client's JWK Set as
/// itsme does.
final class KeyRotationTests: XCTestCase {
    private static let keySetURL = "https://rp.example/jwks"
    private static let maximumAge = 3600
    private static let propagation = 600

    private static let signing = (0..<3).map { TestProvider.makeKey("sig-\($0)", .signature) }
    private static let encryption = (0..<3).map { TestProvider.makeKey("enc-\($0)", .encryption) }

    /// The instances behind a load balancer, which gives each request for the JWK Set to the next one.
    private final class LoadBalancer: HTTPHandler {
        let instances: [any HTTPHandler]
        private let clock: SandboxClock
        private let fetches = Mutex<[Date]>([])

        init(_ instances: [any HTTPHandler], clock: SandboxClock) {
            self.instances = instances
            self.clock = clock
        }

        var times: [Date] { fetches.withLock { $0 } }

        func respond(to request: HTTPRequest, body: [UInt8]) async -> HTTPReply {
            let index = fetches.withLock { fetches in
                fetches.append(clock.now)
                return fetches.count % instances.count
            }
            return await instances[index].respond(to: request, body: body)
        }
    }

    private struct Instance {
        let ring: ClientKeyRing
        let client: ItsmeClient

        func hasUsed(_ keyID: String, at now: Date) -> Bool { ring.lastUses[keyID] == now }
    }

    private let clock = SandboxClock(at: Date(timeIntervalSince1970: 1_800_000_000))

    private func world(_ rings: [ClientKeyRing]) throws -> (SandboxWorld, LoadBalancer) {
        let endpoints = try rings.map { ring in
            try JWKSetEndpoint(ring, maximumAge: .seconds(Self.maximumAge))
        }
        let balancer = LoadBalancer(endpoints, clock: clock)
        let registration = ClientRegistration(
            clientID: SandboxWorld.clientID, redirectURIs: [SandboxWorld.redirectURI],
            services: [ServiceRegistration(code: "LOGIN", kind: .login)], keys: .jwksURI(Self.keySetURL),
            requiresPKCE: true)
        let sandbox = try Sandbox(
            SandboxConfiguration(
                issuer: "http://127.0.0.1:8080/v2", clients: [registration], now: { [clock] in clock.now }),
            transport: InProcessTransport(["https://rp.example": balancer]))
        let transport = InProcessTransport(["http://127.0.0.1:8080": sandbox])
        return (SandboxWorld(sandbox: sandbox, clock: clock, transport: transport), balancer)
    }

    private func ringFile() throws -> KeyFile {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("ring-\(UUID().uuidString)").path
        addTeardownBlock { try? FileManager.default.removeItem(atPath: path) }
        let file = KeyFile(path)
        let ring = try KeyRing(
            signing: Self.signing[0], encryption: Self.encryption[0],
            timing: KeyRing.Timing(
                cacheLifetime: .seconds(Self.maximumAge), propagation: .seconds(Self.propagation)), at: clock.now)
        try file.create(ring.serialized())
        return file
    }

    private var time: TimeSource { TimeSource(now: { [clock] in clock.now }, uptime: { .zero }) }

    private func instance(_ ring: ClientKeyRing, _ world: SandboxWorld) throws -> Instance {
        Instance(ring: ring, client: try world.client { $0.authentication = .privateKeyJWT(ring) })
    }

    /// Takes the steps that are due, as `itsme keys rotate` does in a scheduled job; returns what was done.
    private func takeDueSteps(on file: KeyFile, rotations: Int) throws -> [String] {
        var done: [String] = []
        try file.update { [clock] contents in
            var ring = try KeyRing(parsing: contents)
            for use in [KeyUse.signature, .encryption] {
                let step = ring.nextStep(for: use)
                let keys = use == .signature ? Self.signing : Self.encryption
                let current = ring.entries.first { $0.use == use && $0.role == .current }
                let next = (keys.firstIndex { $0.keyID == current?.keyID } ?? 0) + 1
                guard step.isDue(at: clock.now), step.action != .begin || next <= rotations else { continue }
                switch (step.action, use) {
                case (.begin, .signature): try ring.beginSigningRotation(with: keys[next], at: clock.now)
                case (.activate, _): try ring.activateNextSigningKey(at: clock.now)
                case (.finish, .signature): try ring.finishSigningRotation(at: clock.now)
                case (.begin, _): try ring.beginEncryptionRotation(with: keys[next], at: clock.now)
                case (.publish, _): try ring.publishNextEncryptionKey(at: clock.now)
                case (.finish, _): try ring.finishEncryptionRotation(at: clock.now)
                }
                done.append("\(step.action.rawValue) \(use.rawValue)")
            }
            return try ring.serialized()
        }
        return done
    }

    func testRotatesBothKeysTwiceUnderContinuousLoginsWithoutAFailure() async throws {
        let file = try ringFile()
        let rings = try (0..<2).map { _ in try ClientKeyRing(KeyRing(parsing: file.read()), time: time) }
        let (world, balancer) = try world(rings)
        let instances = try rings.map { try instance($0, world) }
        let start = clock.now
        var log: [String] = []
        var used: Set<String> = []
        var logins = 0

        // Every five minutes: logins begin, a step is taken, they end at the other instance.
        for tick in 0..<48 {
            let begun = try await instances.concurrentMap { instance in
                let request = try await instance.client.authorizationRequest(for: .login("LOGIN"))
                return (request, try await world.browse(request.url, as: "belgian-eid"))
            }
            let steps = try takeDueSteps(on: file, rotations: 2)
            // The first instance reloads at once, the other every ten minutes, which is the propagation time.
            try rings[0].adopt(KeyRing(parsing: file.read()))
            if tick % 2 == 0 { try rings[1].adopt(KeyRing(parsing: file.read())) }
            let ended = try await zip(begun, instances.reversed()).concurrentMap { login, instance in
                let response = try await instance.client.authorizationResponse(
                    query: login.1, for: login.0.transaction)
                let tokens = try await instance.client.tokens(for: response)
                return try await instance.client.userInfo(for: tokens).subject == tokens.idToken.subject
            }
            XCTAssertEqual(ended, [true, true])
            logins += ended.count

            let keys = (Self.signing + Self.encryption).compactMap(\.keyID)
                .filter { key in instances.contains { $0.hasUsed(key, at: clock.now) } }
            used.formUnion(keys)
            let minutes = Int(clock.now.timeIntervalSince(start)) / 60
            let signed = keys.filter { $0.hasPrefix("sig") }.joined(separator: " ")
            let decrypted = keys.filter { $0.hasPrefix("enc") }.joined(separator: " ")
            let usage = "signed with \(signed), decrypted with \(decrypted)"
            if !steps.isEmpty || log.last?.contains(usage) != true {
                log.append("\(minutes) min: \(usage) " + steps.map { "[\($0)]" }.joined(separator: " "))
            }
            clock.advance(by: .seconds(300))
        }

        print(log.joined(separator: "\n"))
        XCTAssertEqual(logins, 96)
        XCTAssertEqual(world.sandbox.refusals, [])
        XCTAssertEqual(used, ["sig-0", "sig-1", "sig-2", "enc-0", "enc-1", "enc-2"])
        XCTAssertEqual(Set(rings[0].ring.entries.map(\.keyID)), ["sig-2", "enc-2"])
        XCTAssertEqual(rings[1].ring.revision, rings[0].ring.revision)
        // The sandbox reads the set again when it meets an unknown kid, which itsme need not do: it never had to.
        let gaps = zip(balancer.times, balancer.times.dropFirst()).map { $1.timeIntervalSince($0) }
        XCTAssertGreaterThanOrEqual(gaps.count, 3)
        XCTAssertTrue(gaps.allSatisfy { $0 >= Double(Self.maximumAge) }, "\(gaps)")
    }

    /// The same world does fail logins when somebody does without the ring's order.
    func testFailsLoginsWhenTheOldEncryptionKeyIsDroppedAtOnce() async throws {
        let ring = try ClientKeyRing(KeyRing(parsing: ringFile().read()), time: time)
        let (world, _) = try world([ring])
        _ = try await world.login(instance(ring, world).client)
        let hasty = try ClientKeyRing(
            KeyRing(signing: Self.signing[0], encryption: Self.encryption[1], at: clock.now), time: time)
        let client = try instance(hasty, world).client
        await assertItsmeError(.decryptionKeyNotFound, phase: .idToken) { try await world.login(client) }
    }

    func testRefusesToLetItsmeCacheTheSetForLongerThanTheStepsWait() throws {
        let ring = try ClientKeyRing(KeyRing(parsing: ringFile().read()), time: time)
        XCTAssertNoThrow(try JWKSetEndpoint(ring, maximumAge: .seconds(3600)))
        XCTAssertThrowsError(try JWKSetEndpoint(ring, maximumAge: .seconds(3601))) {
            XCTAssertEqual(($0 as? ItsmeError)?.code, .invalidConfiguration)
            XCTAssertEqual(($0 as? ItsmeError)?.field, "maximumAge")
        }
    }
}

extension Sequence where Element: Sendable {
    /// What `transform` makes of each element, all at the same time, in order.
    fileprivate func concurrentMap<T: Sendable>(
        _ transform: @escaping @Sendable (Element) async throws -> T
    ) async throws -> [T] {
        try await withThrowingTaskGroup(of: (Int, T).self) { group in
            for (index, element) in enumerated() {
                group.addTask { (index, try await transform(element)) }
            }
            var results: [Int: T] = [:]
            for try await (index, result) in group { results[index] = result }
            return results.sorted { $0.key < $1.key }.map(\.value)
        }
    }
}
