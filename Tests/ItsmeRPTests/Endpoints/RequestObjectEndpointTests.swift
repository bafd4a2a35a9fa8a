import HTTPTypes
import ItsmeRP
import JOSE
import Logging
import TestSupport
import XCTest

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The request URI.
final class RequestObjectEndpointTests: XCTestCase {
    private let provider = TestProvider()
    private var soon: Date { provider.now.addingTimeInterval(300) }

    private func store() -> InMemoryStateStore { InMemoryStateStore(time: provider.time) }

    func testServesAStoredObjectByTheLastSegmentOfThePath() async throws {
        let store = store()
        let id = try RequestObjectID()
        try await store.store("a.b.c.d.e", as: id, until: soon)
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
        try await store.store("object", as: id, until: soon)
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
        try await store.store("object", as: id, until: soon)
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
        try await store.store("object", as: id, until: soon)
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
}
