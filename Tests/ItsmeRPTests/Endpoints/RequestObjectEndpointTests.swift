import HTTPTypes
import ItsmeRP
import JOSE
import Synchronization
import TestSupport
import XCTest

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The request URI and the store behind it.
final class RequestObjectEndpointTests: XCTestCase {
    private let provider = TestProvider()
    private var soon: Date { provider.now.addingTimeInterval(300) }

    private func store(count: Int = 10, size: Int = 1 << 20) -> InMemoryRequestObjectStore {
        InMemoryRequestObjectStore(maximumCount: count, maximumSize: size, now: { [provider] in provider.now })
    }

    func testServesAStoredObjectByTheLastSegmentOfThePath() async throws {
        let store = store()
        let id = try RequestObjectID()
        try store.store("a.b.c.d.e", as: id, until: soon)
        let endpoint = RequestObjectEndpoint(store)
        for path in ["/itsme/request/\(id.text)", "/\(id.text)"] {
            let reply = await endpoint.send(path)
            XCTAssertEqual(reply.response.status, .ok, path)
            XCTAssertEqual(reply.text, "a.b.c.d.e")
            XCTAssertEqual(reply["Content-Type"], "application/oauth-authz-req+jwt")
            XCTAssertEqual(reply["Cache-Control"], "no-store")
            XCTAssertNil(reply["Location"])
        }
        let legacy = await RequestObjectEndpoint(store, mediaType: .jwt).send("/r/\(id.text)")
        XCTAssertEqual(legacy["Content-Type"], "application/jwt")
    }

    func testServesAnObjectAgainUntilItExpires() async throws {
        let store = store()
        let id = try RequestObjectID()
        try store.store("object", as: id, until: soon)
        let endpoint = RequestObjectEndpoint(store)
        for _ in 0..<3 {
            let status = await endpoint.send("/r/\(id.text)").response.status
            XCTAssertEqual(status, .ok)
        }
        provider.advance(by: 300)
        let reply = await endpoint.send("/r/\(id.text)")
        XCTAssertEqual(reply.response.status, .notFound)
        XCTAssertEqual(reply["Cache-Control"], "no-store")
    }

    func testAnswersNotFoundToWhatIsNoName() async throws {
        let store = store()
        let id = try RequestObjectID()
        try store.store("object", as: id, until: soon)
        let endpoint = RequestObjectEndpoint(store)
        let unknown = try RequestObjectID().text
        for path in [
            "/r/\(unknown)", "/r/", "/r", "", "/", "/r/\(id.text)/", "/r/\(id.text)x", "/r/\(id.text.dropLast())",
            "/r/\(id.text)?x=1", "/r?id=\(id.text)", "/r/?id=\(id.text)", "/r?id=\(id.text)&id=\(id.text)", "/r?id=",
            "/r?id=%", "/r?name=\(id.text)", "/r?\(id.text)", "/r/\(id.text)?id=\(id.text)",
            "/r/\(id.text)%00", "/r/..%2f\(id.text)", "/r/" + String(repeating: "a", count: 100_000), "/r/\u{0}",
        ] {
            let reply = await endpoint.send(path)
            XCTAssertEqual(reply.response.status, .notFound, String(path.prefix(60)))
            XCTAssertFalse(reply.text.contains("object"))
        }
    }

    func testAnswersOnlyGetAndHead() async throws {
        let store = store()
        let id = try RequestObjectID()
        try store.store("object", as: id, until: soon)
        await assertOnlyReads(RequestObjectEndpoint(store), "/r/\(id.text)")
    }

    func testAFailingStoreIsUnavailableAndSaysNothingMore() async throws {
        struct Broken: RequestObjectStore {
            struct Failure: Error {}
            func store(_ requestObject: String, as id: RequestObjectID, until expiry: Date) throws {}
            func requestObject(for id: RequestObjectID) throws -> String? { throw Failure() }
        }
        let log = LogRecorder()
        let reply = await RequestObjectEndpoint(Broken(), logger: log.logger).send("/r/\(try RequestObjectID().text)")
        XCTAssertEqual(reply.response.status, .serviceUnavailable)
        XCTAssertEqual(reply.text, "Not available\n")
        let line = try XCTUnwrap(log.takeLines().last)
        XCTAssertEqual(line.level, .error)
        XCTAssertEqual(line["itsme.code"], "store_unavailable")
    }

    // MARK: Names

    func testANameHas256RandomBitsAndDoesNotPrintItself() throws {
        let names = try (0..<100).map { _ in try RequestObjectID() }
        XCTAssertEqual(Set(names).count, 100)
        for name in names {
            XCTAssertEqual(try Base64URL.decode(name.text).count, 32)
            var dumped = ""
            dump(name, to: &dumped)
            XCTAssertFalse((dumped + "\(name)" + String(reflecting: name)).contains(name.text))
        }
    }

    func testAFailingRandomSourceGivesNoName() async {
        struct Empty: Error {}
        await assertItsmeError(.randomSourceFailed) { try RequestObjectID(random: RandomSource { _ in throw Empty() }) }
    }

    // MARK: The bounds of the store

    func testTheOldestMakesRoomWhenTheStoreIsFull() throws {
        let store = store(count: 3)
        let ids = try (0..<5).map { _ in try RequestObjectID() }
        for (index, id) in ids.enumerated() { try store.store("object \(index)", as: id, until: soon) }
        XCTAssertEqual(
            ids.map { store.requestObject(for: $0) }, [nil, nil, "object 2", "object 3", "object 4"])
    }

    func testTheStoreIsBoundedInBytes() async throws {
        let store = store(count: 1000, size: 10_000)
        let ids = try (0..<20).map { _ in try RequestObjectID() }
        for id in ids { try store.store(String(repeating: "a", count: 3000), as: id, until: soon) }
        XCTAssertEqual(ids.filter { store.requestObject(for: $0) != nil }, Array(ids.suffix(3)))
        await assertItsmeError(.requestObjectTooLarge) {
            try store.store(String(repeating: "a", count: 10_000), as: RequestObjectID(), until: self.soon)
        }
        XCTAssertNotNil(store.requestObject(for: try XCTUnwrap(ids.last)), "a refused object takes no room")
    }

    func testExpiredObjectsMakeRoomFirst() throws {
        let store = store(count: 2)
        let (old, kept, new) = (try RequestObjectID(), try RequestObjectID(), try RequestObjectID())
        try store.store("old", as: old, until: provider.now.addingTimeInterval(10))
        try store.store("kept", as: kept, until: soon)
        provider.advance(by: 10)
        try store.store("new", as: new, until: soon)
        XCTAssertEqual([old, kept, new].map { store.requestObject(for: $0) }, [nil, "kept", "new"])
    }

    func testANameIsUsedOnce() async throws {
        let store = store()
        let id = try RequestObjectID()
        try store.store("first", as: id, until: soon)
        await assertItsmeError(.invalidConfiguration, field: "requestObjectID") {
            try store.store("second", as: id, until: self.soon)
        }
        XCTAssertEqual(store.requestObject(for: id), "first")
    }

    func testAFloodKeepsTheStoreWithinItsBounds() throws {
        let store = store(count: 100)
        var last: [RequestObjectID] = []
        for _ in 0..<5000 {
            let id = try RequestObjectID()
            try store.store("object", as: id, until: soon)
            last = last.suffix(99) + [id]
        }
        XCTAssertTrue(last.allSatisfy { store.requestObject(for: $0) != nil })
    }
}
