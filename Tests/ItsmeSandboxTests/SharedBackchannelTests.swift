import Foundation
import HTTPTypes
import ItsmeRP
import ItsmeSandbox
import JOSE
import Synchronization
import TestSupport
import XCTest

/// Backchannel requests that several instances of a service share: each has its own client, all have one store.
final class SharedBackchannelTests: XCTestCase {
    private typealias Instance = SharedService.Instance
    private typealias Door = SharedService.Door
    private typealias Gate = SharedService.Gate

    func testAPingToOneInstanceEndsTheWaitOnAnother() async throws {
        let service = try SharedService()
        let sleeps = Counter()
        let waiting = try service.instance {
            // During the second look.
            if sleeps.next() == 2 { await service.world.sandbox.answerBackchannelRequest() }
        }
        service.pinged.use(try service.instance())
        let asking = try service.instance()
        let identifier = try await service.ask(asking)
        let start = service.world.clock.now
        let tokens = try await waiting.requests.tokens(waitingFor: identifier)
        XCTAssertFalse(tokens.idToken.subject.isEmpty)
        XCTAssertEqual(service.pinged.statuses, [204])
        XCTAssertEqual(service.polls, 1)
        XCTAssertEqual(service.world.clock.now.timeIntervalSince(start), 2, "it looks every second")
        for instance in [asking, waiting, try service.instance()] {
            await assertItsmeError(.backchannelCompleted) { try await instance.requests.tokens(for: identifier) }
        }
        XCTAssertEqual(service.world.sandbox.refusals, [])
    }

    func testAPingToOneInstanceLetsABrowserPollAnother() async throws {
        let service = try SharedService()
        service.pinged.use(try service.instance())
        let identifier = try await service.ask(try service.instance())
        let polled = try service.instance()
        let isPending = try await polled.isPending(identifier)
        XCTAssertTrue(isPending)
        XCTAssertEqual(service.polls, 0, "the interval is not over")
        await service.world.sandbox.answerBackchannelRequest()
        guard case .tokens = try await polled.requests.tokens(for: identifier) else { return XCTFail("still pending") }
        XCTAssertEqual(service.polls, 1)
        XCTAssertEqual(service.world.sandbox.refusals, [])
    }

    func testInstancesThatPollTogetherSendOneRequestPerInterval() async throws {
        let service = try SharedService(pings: false)
        let instances = try (0..<3).map { _ in try service.instance() }
        let identifier = try await service.ask(instances[0])
        for round in 1...3 {
            service.world.clock.advance(by: .seconds(5))
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<30 { group.addTask { try await instances[number % 3].isPending(identifier) } }
                for try await isPending in group { XCTAssertTrue(isPending) }
            }
            XCTAssertEqual(service.polls, round)
        }
        await service.world.sandbox.answerBackchannelRequest()
        service.world.clock.advance(by: .seconds(5))
        let answers = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<30 {
                group.addTask {
                    if case .tokens? = try? await instances[number % 3].requests.tokens(for: identifier) { return true }
                    return false
                }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        XCTAssertEqual(answers, 1, "one caller gets the tokens")
        XCTAssertEqual(service.polls, 4)
        XCTAssertEqual(service.world.sandbox.refusals, [])
    }

    func testOneOfTwoThatWaitGetsTheAnswer() async throws {
        let service = try SharedService()
        let door = Door()
        let first = try service.instance()
        let second = try service.instance { await door.pass() }
        service.pinged.use(first)
        let identifier = try await service.ask(first)
        let late = Task { try await second.requests.tokens(waitingFor: identifier) }
        await door.someoneIsThere()
        await service.world.sandbox.answerBackchannelRequest()
        _ = try await first.requests.tokens(waitingFor: identifier)
        door.open()
        await assertItsmeError(.backchannelCompleted, phase: .token) { try await late.value }
        XCTAssertEqual(service.polls, 1)
    }

    func testAnInstanceThatDiesDuringAPollBlocksTheRequestOnlyForItsLease() async throws {
        let service = try SharedService(pings: false)
        let gate = Gate(wrapped: service.world.transport)
        let dying = try service.instance(transport: gate)
        let other = try service.instance()
        let identifier = try await service.ask(other)
        service.world.clock.advance(by: .seconds(5))
        let late = Task { try await dying.requests.tokens(for: identifier) }
        await gate.door.someoneIsThere()
        await service.world.sandbox.answerBackchannelRequest()
        service.world.clock.advance(by: .seconds(14))
        let isPending = try await other.isPending(identifier)
        XCTAssertTrue(isPending)
        XCTAssertEqual(service.polls, 0)
        let start = service.world.clock.now
        _ = try await other.requests.tokens(waitingFor: identifier)
        XCTAssertEqual(service.world.clock.now.timeIntervalSince(start), 1)
        // The one that was thought dead answers late: nothing is undone.
        gate.door.open()
        await assertItsmeError(.tokenRequestRefused) { try await late.value }
        await assertItsmeError(.backchannelCompleted) { try await other.requests.tokens(for: identifier) }
    }

    func testAPingDuringAPollIsKept() async throws {
        let service = try SharedService()
        let gate = Gate(wrapped: service.world.transport)
        let polling = try service.instance(transport: gate)
        let other = try service.instance()
        service.pinged.use(other)
        let identifier = try await service.ask(other)
        service.world.clock.advance(by: .seconds(5))
        service.world.sandbox.inject(.stillPending)
        let poll = Task { try await polling.isPending(identifier) }
        await gate.door.someoneIsThere()
        await service.world.sandbox.answerBackchannelRequest()
        XCTAssertEqual(service.pinged.statuses, [204])
        let isTaken = try await other.isPending(identifier)
        XCTAssertTrue(isTaken, "one poll at a time, also after a ping")
        gate.door.open()
        let isPending = try await poll.value
        XCTAssertTrue(isPending)
        guard case .tokens = try await other.requests.tokens(for: identifier) else {
            return XCTFail("the ping was forgotten")
        }
        XCTAssertEqual(service.polls, 2)
    }

    func testAStoreThatIsDownStopsPollsAndLosesNothing() async throws {
        let service = try SharedService(pings: false)
        let instance = try service.instance()
        let identifier = try await service.ask(instance)
        await service.world.sandbox.answerBackchannelRequest()
        service.world.clock.advance(by: .seconds(5))
        for down in [DictionaryStore.Operation.value, .replace] {
            service.store.before { if $0 == down { throw DictionaryStore.Unreachable() } }
            let error = await assertItsmeError(.storeUnavailable, phase: .store) {
                try await instance.requests.tokens(for: identifier)
            }
            XCTAssertEqual(error?.kind, .transient)
        }
        XCTAssertEqual(service.polls, 0, "no turn, no poll")
        // It fails after the tokens came: the caller has them, and nobody fetches again.
        let writes = Counter()
        service.store.before { if $0 == .replace, writes.next() > 1 { throw DictionaryStore.Unreachable() } }
        guard case .tokens = try await instance.requests.tokens(for: identifier) else {
            return XCTFail("the answer was lost")
        }
        service.store.before(nil)
        let isPending = try await service.instance().isPending(identifier)
        XCTAssertTrue(isPending)
        XCTAssertEqual(service.polls, 1)
    }

    func testAWaitGoesOnWhenTheStoreIsBack() async throws {
        let service = try SharedService()
        let sleeps = Counter()
        let instance = try service.instance {
            switch sleeps.next() {
            case 1: service.store.before { _ in throw DictionaryStore.Unreachable() }
            case 4:
                service.store.before(nil)
                await service.world.sandbox.answerBackchannelRequest()
            default: break
            }
        }
        service.pinged.use(instance)
        let identifier = try await service.ask(try service.instance())
        _ = try await instance.requests.tokens(waitingFor: identifier)
        XCTAssertEqual(service.polls, 1)
        // Without any look into the store there is nothing to wait for.
        service.store.before { _ in throw DictionaryStore.Unreachable() }
        await assertItsmeError(.storeUnavailable) { try await instance.requests.tokens(waitingFor: identifier) }
    }

    func testTheSealingKeyMayChangeWhileAPersonIsAsked() async throws {
        let service = try SharedService(pings: false)
        let newKey = SymmetricKey([UInt8](repeating: 8, count: 32))
        let identifier = try await service.ask(try service.instance())
        service.world.clock.advance(by: .seconds(5))
        let renewed = try service.instance(key: newKey, previousKey: SharedService.key)
        let isPending = try await renewed.isPending(identifier)
        XCTAssertTrue(isPending)
        // What it wrote has the new key.
        await service.world.sandbox.answerBackchannelRequest()
        let withoutOldKey = try service.instance(key: newKey)
        _ = try await withoutOldKey.requests.tokens(waitingFor: identifier)
        await assertItsmeError(.backchannelUnreadable) {
            try await service.instance().requests.tokens(for: identifier)
        }
        XCTAssertEqual(service.polls, 2)
    }

    func testAClockThatIsBehindDelaysAPollByOneIntervalAtMost() async throws {
        let service = try SharedService(pings: false)
        let ahead = try service.instance(ahead: 45)
        let identifier = try await service.ask(ahead)
        service.world.clock.advance(by: .seconds(5))
        let isPending = try await ahead.isPending(identifier)
        XCTAssertTrue(isPending)
        await service.world.sandbox.answerBackchannelRequest()
        let start = service.world.clock.now
        _ = try await service.instance().requests.tokens(waitingFor: identifier)
        XCTAssertEqual(service.world.clock.now.timeIntervalSince(start), 5)
    }

    func testAnyInstanceShowsTheQRCodeAndOneLearnsWhoScannedIt() async throws {
        let service = try SharedService(pings: false)
        let instances = try (0..<3).map { _ in try service.instance() }
        let session = try await instances[0].client.startUserDiscovery()
        try await instances[0].requests.keep(session)
        func code(_ instance: Instance) async throws -> QRCodeImage? {
            guard case .pending(let shown) = try await instance.requests.pollUserDiscovery(session.identifier)
            else { return nil }
            return shown.qrCode
        }
        let first = try await code(instances[1])
        XCTAssertEqual(first, session.qrCode)
        // A code lasts for 30 seconds in the sandbox.
        service.world.clock.advance(by: .seconds(31))
        let second = try await code(instances[1])
        XCTAssertNotEqual(second, session.qrCode)
        let shared = try await code(instances[2])
        XCTAssertEqual(shared, second)
        service.world.sandbox.scanQRCode(as: "belgian-eid")
        service.world.clock.advance(by: .seconds(5))
        guard case .discovered(let found) = try await instances[2].requests.pollUserDiscovery(session.identifier) else {
            return XCTFail("nobody was discovered")
        }
        await assertItsmeError(.backchannelCompleted, phase: .userDiscovery) {
            try await instances[0].requests.pollUserDiscovery(session.identifier)
        }
        _ = try await instances[0].client.backchannelAuthentication(
            for: .login("LOGIN"), hint: .userIdentifierToken(found))
        XCTAssertEqual(service.world.sandbox.refusals, [])
    }

    func testAnUnknownRequestHasExpired() async throws {
        let service = try SharedService()
        let instance = try service.instance()
        for identifier in ["", "a", "../" + String(repeating: "a", count: 40), String(repeating: "A", count: 43)] {
            await assertItsmeError(.backchannelExpired, phase: .token) {
                try await instance.requests.tokens(for: identifier)
            }
        }
        XCTAssertEqual(service.store.count(.value), 1, "only what can be a key is looked up")
    }

    func testTheStoreHoldsNoSecretInClear() async throws {
        let service = try SharedService()
        let identifier = try await service.ask(try service.instance())
        let sent = try XCTUnwrap(
            service.recorder.received.compactMap { try? JSON(parsing: $0)["auth_req_id"]?.string }.last)
        for (key, value) in service.store.values {
            XCTAssertTrue(key.hasSuffix(identifier))
            XCTAssertFalse(key.contains(sent))
            XCTAssertFalse(value.text.contains(sent))
            XCTAssertTrue(value.text.utf8.allSatisfy { (0x21...0x7E).contains($0) })
        }
    }

    func testATaskThatWaitsForAPersonIsSmall() async throws {
        let meter = try LeakMeter()
        let service = try SharedService()
        let count = 500
        let instance = try service.instance()
        let identifier = try await service.ask(instance)
        let (asleep, sleeps) = AsyncStream<Void>.makeStream()
        let time = service.world.clock.timeSource
        let waiting = try service.world.client {
            $0.time = TimeSource(now: time.now, uptime: time.uptime) { _ in
                sleeps.yield()
                try await Task.sleep(for: .seconds(3600))
            }
        }
        let requests = BackchannelRequests(
            client: waiting, store: service.store, sealer: try Sealer(key: SharedService.key))
        var tasks: [Task<Void, any Error>] = []
        tasks.reserveCapacity(count * 2)
        var looks = asleep.makeAsyncIterator()
        var allocated: [Int] = []
        for _ in 0..<2 {
            for _ in 0..<count { tasks.append(Task { _ = try await requests.tokens(waitingFor: identifier) }) }
            for _ in 0..<count { await looks.next() }
            allocated.append(meter.allocatedBytes)
        }
        let bytes = (allocated[1] - allocated[0]) / count
        #if DEBUG
            // Unoptimized code keeps every variable; a task that only sleeps takes 2 KiB.
            XCTAssertLessThan(bytes, 6144)
        #else
            XCTAssertLessThan(bytes, 4096)
        #endif
        XCTAssertGreaterThan(bytes, 100, "something is measured")
        print("a task that waits for a person: \(bytes) bytes")
        for task in tasks { task.cancel() }
        for task in tasks { _ = await task.result }
    }
}
