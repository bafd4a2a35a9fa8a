#if Redis
    import ItsmeRP
    import ItsmeRedis
    import Logging
    import StoreConnections
    import TestSupport
    import XCTest

    final class RedisProtocolTests: XCTestCase {
        // MARK: URLs

        func testReadsURLs() throws {
            for (url, place, user, password, database) in [
                ("redis://db", .host("db", port: 6379, isEncrypted: false), "", nil, 0),
                ("REDIS://DB_1.example:1/", .host("db_1.example", port: 1, isEncrypted: false), "", nil, 0),
                (
                    "rediss://:p%40%3a%2F+@10.0.0.1:65535/15", .host("10.0.0.1", port: 65_535, isEncrypted: true), "",
                    "p@:/+", 15
                ),
                ("redis://me:a:b@[::1]:7/2", .host("[::1]", port: 7, isEncrypted: false), "me", "a:b", 2),
                ("redis://me:p@ss/#?@db", .host("db", port: 6379, isEncrypted: false), "me", "p@ss/#?", 0),
                ("redis://:@db", .host("db", port: 6379, isEncrypted: false), "", nil, 0),
                ("unix:///run/redis.sock", .socket("/run/redis.sock"), "", nil, 0),
                ("unix://:pw@/run/re%20dis?db=3", .socket("/run/re dis"), "", "pw", 3),
            ] as [(String, RedisAddress.Place, String, String?, Int)] {
                let address = try RedisAddress(url)
                XCTAssertEqual(address.place, place, url)
                XCTAssertEqual(address.user, user, url)
                XCTAssertEqual(address.password?.exposedValue, password, url)
                XCTAssertEqual(address.database, database, url)
            }
        }

        func testRefusesOtherURLsAndShowsNothingOfThem() async throws {
            for url in [
                "", "secret", "http://secret", "redis:secret", "redis//secret", "redis://", "redis://:secret@",
                "redis://a b",
                "redis://secret:0", "redis://secret:65536", "redis://secret:", "redis://secret:1:2",
                "redis://secret:+1",
                "redis://a/secret", "redis://a/-1", "redis://a/0/0", "redis://a/0?secret=1", "redis://a/999999",
                "redis://a?secret", "redis://a#secret", "redis://secret\r\n", "redis://secret\0", "redis://sécret",
                "redis://[secret]", "redis://[::1", "redis://::1", "redis://[::1]secret", "redis://[::1%25eth0]",
                "redis://secret@a", "redis://:secret%@a", "redis://:secret%zz@a", "redis://:secret%ff@a",
                "redis://:secret%00@a", "redis://a,secret", "unix://secret/a", "unix://", "unix:///a?secret",
                "unix:///a?db=secret", "unix:///" + String(repeating: "secret", count: 20), "unix:///secret%0a",
            ] {
                let error = await assertItsmeError(.invalidConfiguration, phase: .configuration, field: "url", url) {
                    try RedisStore(url)
                }
                XCTAssertFalse(String(describing: error).contains("secret"), url)
            }
        }

        func testRefusesOtherSettings() async throws {
            let url = "redis://localhost"
            for prefix in ["a b", "ä:", "a\n", String(repeating: "a", count: 101)] {
                await assertItsmeError(.invalidConfiguration, field: "prefix") { try RedisStore(url, prefix: prefix) }
            }
            for count in [0, -1, 1001] {
                await assertItsmeError(.invalidConfiguration, field: "maximumConnections") {
                    try RedisStore(url, maximumConnections: count)
                }
            }
            for timeout in [Duration.zero, .milliseconds(9), .seconds(61)] {
                await assertItsmeError(.invalidConfiguration, field: "timeout") {
                    try RedisStore(url, timeout: timeout)
                }
            }
            await assertItsmeError(.invalidConfiguration, field: "trustedCertificates") {
                try RedisStore(url, trustedCertificates: "/nowhere/authority.pem")
            }
            let certificate = CurlTransport.ClientCertificate(file: "/nowhere/own.pem", keyFile: "/nowhere/own.key")
            await assertItsmeError(.invalidConfiguration, field: "clientCertificate") {
                try RedisStore(url, clientCertificate: certificate)
            }
        }

        func testWarnsOfAnOpenConnectionToAnotherMachine() async throws {
            for (url, warnings) in [
                ("redis://:secret@db.example", 1), ("redis://10.0.0.1", 1), ("redis://localhost.example", 1),
                ("redis://LOCALHOST", 0), ("redis://127.8.8.8", 0), ("redis://[::1]", 0), ("rediss://db.example", 0),
                ("unix:///run/redis.sock", 0),
            ] {
                let log = LogRecorder()
                let store = try RedisStore(url, logger: log.logger)
                XCTAssertEqual(log.lines.map(\.level), Array(repeating: .warning, count: warnings), url)
                XCTAssertFalse(log.text.contains("secret"))
                await store.shutDown()
            }
        }

        func testPrintsNoPassword() throws {
            let address = try RedisAddress("redis://me:secret@db")
            var text = "\(address)"
            dump(address, to: &text)
            XCTAssertFalse((text + String(reflecting: address)).contains("secret"))
        }

        // MARK: Answers

        func testReadsAnswersHoweverTheyAreSplit() throws {
            let answers: [(String, RedisReply)] = [
                ("+OK\r\n", .text("OK")), ("$0\r\n\r\n", .text("")), ("$-1\r\n", .none), (":-42\r\n", .integer(-42)),
                ("$8\r\na\r\nb €\r\n", .text("a\r\nb €")), ("-ERR it\r\n", .error("ERR it")), ("*-1\r\n", .none),
            ]
            for size in 1...12 {
                let reader = try RedisReplyReader()
                for (text, reply) in answers {
                    XCTAssertEqual(try read(text.utf8.map { $0 }, by: size, with: reader), [reply], text)
                }
            }
        }

        func testReadsDamagedAnswersWithoutHarmAndTheSameHoweverTheyAreSplit() throws {
            var dice = Dice(seed: 19)
            let samples = [
                "+OK\r\n", "$6\r\n1 text\r\n", "$-1\r\n", ":1\r\n", "-MOVED 1 a:1\r\n", "*2\r\n$1\r\na\r\n:1\r\n",
                "$1048590\r\n",
            ]
            .map { Array($0.utf8) }
            for _ in 0..<20_000 {
                var bytes = samples.randomElement(using: &dice) ?? []
                for _ in 0..<Int.random(in: 1...3, using: &dice) {
                    let place = Int.random(in: 0..<max(bytes.count, 1), using: &dice)
                    switch Int.random(in: 0..<4, using: &dice) {
                    case 0 where place < bytes.count: bytes[place] = UInt8.random(in: 0...255, using: &dice)
                    case 1 where place < bytes.count: bytes.remove(at: place)
                    case 2: bytes.insert(Array("0123456789-*$+:\r\n".utf8).randomElement(using: &dice) ?? 0, at: place)
                    default: bytes += samples.randomElement(using: &dice) ?? []
                    }
                }
                let whole = try? read(bytes, by: max(bytes.count, 1), with: RedisReplyReader())
                let parts = try? read(bytes, by: 1, with: RedisReplyReader())
                // What is one answer at most is the same in parts. Two at once are refused, one after the other are not.
                if let whole { XCTAssertEqual(whole, parts, "\(bytes)") }
            }
        }

        private func read(_ bytes: [UInt8], by size: Int, with reader: RedisReplyReader) throws -> [RedisReply] {
            try stride(from: 0, to: bytes.count, by: size).compactMap { start in
                try reader.add(Array(bytes[start..<min(start + size, bytes.count)]))
            }
        }
    }
#endif
