import Foundation
import ItsmeRP
import ItsmeSandbox
import TestSupport
import XCTest

/// The relying party's clock jumps an hour, forward and back, between the steps of a login. The monotonic clock does not.
final class ClockJumpTests: FaultTestCase {
    private static let hour: Duration = .seconds(3600)

    /// The relying party's date and its monotonic clock, each moved by itself; itsme's clock stands still.
    private let date = SandboxClock(at: Date(timeIntervalSince1970: 1_800_000_000))
    private let monotonic = SandboxClock(at: Date(timeIntervalSince1970: 0))

    private var time: TimeSource {
        TimeSource(
            now: { [date] in date.now },
            uptime: { [monotonic] in .seconds(monotonic.now.timeIntervalSince1970) })
    }

    private func world() throws -> SandboxWorld {
        let clock = SandboxClock(at: Date(timeIntervalSince1970: 1_800_000_000))
        let sandbox = try SandboxWorld.sandbox(issuer: "http://127.0.0.1:8080/v2", clock: clock)
        return SandboxWorld(
            sandbox: sandbox, clock: clock, transport: InProcessTransport(["http://127.0.0.1:8080": sandbox]))
    }

    private func client(_ world: SandboxWorld) throws -> ItsmeClient {
        try world.client {
            $0.time = time
            $0.replayGuard = InMemoryStateStore(time: time)
        }
    }

    private enum Moment: CaseIterable {
        case beforeTheCallback, beforeTheTokenRequest, beforeUserInfo
    }

    func testEndsALoginInWhichTheClockJumpsAndWorksOnceItIsRight() async throws {
        let cases: [(Moment, Duration, ItsmeError.Code, ItsmeError.Phase)] = [
            (.beforeTheCallback, Self.hour, .transactionExpired, .authorizationResponse),
            // The transaction is as good as before; the client assertion that follows is of an hour ago.
            (.beforeTheCallback, .zero - Self.hour, .tokenRequestRefused, .token),
            (.beforeTheTokenRequest, Self.hour, .tokenRequestRefused, .token),
            (.beforeTheTokenRequest, .zero - Self.hour, .tokenRequestRefused, .token),
            (.beforeUserInfo, Self.hour, .tokenExpired, .userInfo),
            (.beforeUserInfo, .zero - Self.hour, .tokenNotYetValid, .userInfo),
        ]
        for (moment, jump, code, phase) in cases {
            let world = try world()
            let client = try client(world)
            _ = try await world.login(client)
            _ = world.transport.takeLog()
            await assertSurvives(
                "\(jump) \(moment)", code, phase: phase,
                fault: { [date] in
                    let request = try await client.authorizationRequest(for: .login("LOGIN"))
                    let query = try await world.browse(request.url, as: "belgian-eid")
                    if moment == .beforeTheCallback { date.advance(by: jump) }
                    let response = try await client.authorizationResponse(query: query, for: request.transaction)
                    if moment == .beforeTheTokenRequest { date.advance(by: jump) }
                    let tokens = try await client.tokens(for: response)
                    if moment == .beforeUserInfo { date.advance(by: jump) }
                    _ = try await client.userInfo(for: tokens)
                }, mend: { date.advance(by: .zero - jump) }, login: { _ = try await world.login(client) })
            XCTAssertFalse(
                world.transport.takeLog().contains { ["openid-configuration", "jwkSet"].contains($0) },
                "a cache went by the date")
        }
    }

    func testCachesGoByTheMonotonicClockAlone() async throws {
        let world = try world()
        let client = try client(world)
        _ = try await world.login(client)
        _ = world.transport.takeLog()
        for jump in [Self.hour, .zero - Self.hour, .zero - Self.hour, Self.hour * 100] {
            // Everybody's date is wrong by the same, so that the login itself is good.
            date.advance(by: jump)
            world.clock.advance(by: jump)
            _ = try await world.login(client)
            XCTAssertEqual(world.transport.takeLog(), ["token", "userinfo"])
        }
        monotonic.advance(by: .seconds(25 * 3600))
        _ = try await world.login(client)
        XCTAssertEqual(world.transport.takeLog().sorted(), ["jwkSet", "openid-configuration", "token", "userinfo"])
    }

    func testRefusesASecondUseOfATransactionAlsoAfterTheClockWentForwardAndBack() async throws {
        let world = try world()
        let client = try client(world)
        let request = try await client.authorizationRequest(for: .login("LOGIN"))
        let query = try await world.browse(request.url, as: "belgian-eid")
        _ = try await client.authorizationResponse(query: query, for: request.transaction)
        date.advance(by: Self.hour)
        world.clock.advance(by: Self.hour)
        _ = try await world.login(client)
        date.advance(by: .zero - Self.hour)
        await assertItsmeError(.transactionReplayed) {
            try await client.authorizationResponse(query: query, for: request.transaction)
        }
    }

    func testForgetsUsedTransactionsOnceBothClocksSayThatTheyHaveExpired() async throws {
        let used = InMemoryStateStore(time: time)
        let expiry = date.now.addingTimeInterval(600)
        func assertForgotten(_ expected: Bool, _ message: String = "", line: UInt = #line) async throws {
            let isFirst = try await used.consume("a", until: expiry)
            XCTAssertEqual(isFirst, expected, message, line: line)
        }
        try await assertForgotten(true, "the first use")
        date.advance(by: .seconds(601))
        try await assertForgotten(false)
        date.advance(by: .seconds(-601))
        monotonic.advance(by: .seconds(601))
        try await assertForgotten(false)
        date.advance(by: .seconds(601))
        try await assertForgotten(true)
    }
}
