import Foundation
import HTTPTypes
import ItsmeRP
import ItsmeSandbox
import JOSE
import Synchronization
import TestSupport

/// A service of three instances.
struct SharedService: Sendable {
    static let key = SymmetricKey([UInt8](repeating: 7, count: 32))

    let world: SandboxWorld
    let recorder: RecordingTransport
    let store = DictionaryStore()
    let delivery: BackchannelDelivery
    /// Takes the pings.
    let pinged = Pinged()

    /// - Parameter pings: Whether requests are made for pings; a client does either.
    init(pings: Bool = true) throws {
        let clock = SandboxClock(at: Date(timeIntervalSince1970: 1_763_800_000))
        let sandbox = try SandboxWorld.sandbox(
            issuer: "http://127.0.0.1:8080/v2", clock: clock,
            transport: InProcessTransport(["https://rp.example.be": pinged])
        ) { if pings { $0.notificationEndpoint = PingInbox.endpoint } }
        recorder = RecordingTransport(InProcessTransport(["http://127.0.0.1:8080": sandbox]))
        world = SandboxWorld(sandbox: sandbox, clock: clock, transport: recorder)
        delivery = pings ? .ping : .poll
    }

    /// An instance.
    ///
    /// - Parameters:
    ///   - sleep: Called before each wait.
    ///   - ahead: How far the clock of its machine is ahead.
    func instance(
        key: SymmetricKey = SharedService.key, previousKey: SymmetricKey? = nil,
        transport: (any HTTPTransport)? = nil, ahead: Double = 0,
        sleep: @escaping @Sendable () async -> Void = {}
    ) throws -> Instance {
        let time = world.clock.timeSource
        let uptimeAtStart = Duration.seconds(Double.random(in: 0..<1_000_000))
        let client = try world.client(over: transport) {
            $0.time = TimeSource(
                now: { time.now().addingTimeInterval(ahead) }, uptime: { time.uptime() + uptimeAtStart },
                sleep: {
                    await sleep()
                    try await time.sleep($0)
                })
        }
        return Instance(
            client: client,
            requests: BackchannelRequests(
                client: client, store: store, sealer: try Sealer(key: key, previousKey: previousKey)))
    }

    /// Asks the person, on one instance.
    func ask(_ instance: Instance) async throws -> String {
        let found = try await instance.client.discoverUser { _ in world.sandbox.scanQRCode(as: "belgian-eid") }
        let request = try await instance.client.backchannelAuthentication(
            for: .login("LOGIN"), hint: .userIdentifierToken(found),
            delivery: delivery)
        try await instance.requests.keep(request)
        return request.identifier
    }

    /// How many polls went to itsme.
    var polls: Int { recorder.sent.count { $0.endpoint == "token" } }
}

extension SharedService {
    struct Instance: Sendable {
        let client: ItsmeClient
        let requests: BackchannelRequests

        func isPending(_ identifier: String) async throws -> Bool {
            if case .pending = try await requests.tokens(for: identifier) { true } else { false }
        }
    }

    /// Sends pings to an instance, as a load balancer does.
    final class Pinged: HTTPHandler {
        private let state = Mutex<(instance: Instance?, statuses: [Int])>((nil, []))

        var statuses: [Int] { state.withLock { $0.statuses } }

        func use(_ instance: Instance) { state.withLock { $0.instance = instance } }

        func respond(to request: HTTPRequest, body: [UInt8]) async -> HTTPReply {
            guard let instance = state.withLock({ $0.instance }) else {
                return HTTPReply(response: HTTPResponse(status: .notFound))
            }
            let reply = await BackchannelNotificationEndpoint(instance.requests, logger: .silent)
                .respond(to: request, body: body)
            state.withLock { $0.statuses.append(reply.response.status.code) }
            return reply
        }
    }

    /// Holds back whoever comes until it is opened.
    final class Door: Sendable {
        private let reached = AsyncStream<Void>.makeStream()
        private let opened = AsyncStream<Void>.makeStream()

        func pass() async {
            reached.continuation.yield()
            for await _ in opened.stream {}
        }

        func someoneIsThere() async {
            for await _ in reached.stream { return }
        }

        func open() { opened.continuation.finish() }
    }

    /// Holds back polls.
    struct Gate: HTTPTransport {
        let wrapped: any HTTPTransport
        let door = Door()

        func send(_ request: HTTPRequest, body: [UInt8], limits: HTTPLimits) async throws -> HTTPReply {
            if request.path?.hasSuffix("/token") == true { await door.pass() }
            return try await wrapped.send(request, body: body, limits: limits)
        }
    }
}
