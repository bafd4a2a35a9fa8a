import ItsmeRP
import XCTest

final class SocketInterestsTests: XCTestCase {
    private let readable: UInt32 = 1
    private let writable: UInt32 = 4

    /// All that the system has to be told now.
    private func changes(_ interests: inout SocketInterests) -> [SocketInterests.Change] {
        var all: [SocketInterests.Change] = []
        while let (_, change) = interests.nextChange() { all.append(change) }
        return all
    }

    func testConnectionStaysWatchedBetweenTwoRequests() {
        var interests = SocketInterests()
        interests.opened(7)
        XCTAssertNil(interests.want(writable, of: 7))
        XCTAssertEqual(changes(&interests), [.add(writable)])
        XCTAssertNil(interests.want(readable, of: 7))
        XCTAssertEqual(changes(&interests), [.modify(readable)])
        XCTAssertNil(interests.want(0, of: 7))
        XCTAssertFalse(interests.isWanted(7))
        XCTAssertEqual(changes(&interests), [])
        XCTAssertNil(interests.want(readable, of: 7))
        XCTAssertTrue(interests.isWanted(7))
        XCTAssertEqual(changes(&interests), [])
    }

    func testOnlyTheLastOfSeveralInterestsIsTold() {
        var interests = SocketInterests()
        interests.opened(7)
        for events in [readable, writable, readable | writable] { XCTAssertNil(interests.want(events, of: 7)) }
        XCTAssertEqual(changes(&interests), [.add(readable | writable)])
        XCTAssertEqual(changes(&interests), [])
    }

    func testConnectionThatIsReadyWhileIdleIsWatchedAnewWhenItIsUsed() {
        var interests = SocketInterests()
        interests.opened(7)
        XCTAssertNil(interests.want(readable, of: 7))
        XCTAssertEqual(changes(&interests), [.add(readable)])
        XCTAssertNil(interests.want(0, of: 7))
        XCTAssertEqual(interests.drop(7), .remove)
        XCTAssertNil(interests.drop(7))
        XCTAssertNil(interests.want(readable, of: 7))
        XCTAssertEqual(changes(&interests), [.add(readable)])
    }

    func testNumberOfAClosedConnectionIsWatchedAnewForTheNext() {
        var interests = SocketInterests()
        interests.opened(7)
        XCTAssertNil(interests.want(readable, of: 7))
        XCTAssertEqual(changes(&interests), [.add(readable)])
        XCTAssertEqual(interests.closing(7), .remove)
        // Another connection, and then a socket of name resolution, which nobody announces.
        interests.opened(7)
        XCTAssertNil(interests.want(readable, of: 7))
        XCTAssertEqual(changes(&interests), [.add(readable)])
        XCTAssertEqual(interests.closing(7), .remove)
        XCTAssertEqual(interests.want(readable, of: 7), .add(readable))
    }

    func testNumberThatTheSystemFreedByItselfIsWatchedAnew() {
        var interests = SocketInterests()
        interests.opened(7)
        XCTAssertNil(interests.want(readable, of: 7))
        XCTAssertEqual(changes(&interests), [.add(readable)])
        interests.opened(7)
        XCTAssertFalse(interests.isWanted(7))
        XCTAssertNil(interests.want(readable, of: 7))
        XCTAssertEqual(changes(&interests), [.add(readable)])
    }

    func testSocketsThatAreNoConnectionsAreNeverKept() {
        var interests = SocketInterests()
        for _ in 0..<2 {
            XCTAssertEqual(interests.want(readable, of: 9), .add(readable))
            XCTAssertEqual(interests.want(0, of: 9), .remove)
        }
        XCTAssertEqual(changes(&interests), [])
    }

    func testConnectionThatIsClosedBeforeTheSystemKnowsOfItIsForgotten() {
        var interests = SocketInterests()
        interests.opened(7)
        XCTAssertNil(interests.want(readable, of: 7))
        XCTAssertNil(interests.closing(7))
        XCTAssertEqual(changes(&interests), [])
        XCTAssertFalse(interests.isWanted(-1))
        XCTAssertNil(interests.want(readable, of: -1))
    }
}
