#if PostgreSQL
    import ItsmePostgreSQL
    import ItsmeRP
    import TestSupport
    import XCTest

    /// What a store says about its parameters; no server is needed.
    final class PostgreSQLURLTests: XCTestCase {
        func testRefusesURLsWithoutShowingThem() {
            for url in [
                "", "host=db password=secret", "mysql://u:secret@db/x", "postgresql://u:secret@db:port/x",
                "postgresql://u:secret@db:0/x", "postgresql://u:secret@db:65536/x", "postgresql://u:secret%zz@db/x",
                "postgresql://u:secret%00@db/x", "postgresql://u:x@db/x?secret=1",
                "postgresql://u:x@db/x?sslmode=secret",
                "postgresql://u:x@[secret/x", "postgresql://u:x@[::1]secret/x", "postgresql://u:x@db/x?service=secret",
                "postgresql://u:secret@a:1,b:2/x?port=1,2,3",
                "postgresql://u:sec\0ret@db/x", "postgresql://u:x@db/x?user=a=secret", "postgresql://u:x@db/x?secret",
            ] {
                XCTAssertThrowsError(try PostgreSQLStore(url), url) { error in
                    let error = error as? ItsmeError
                    XCTAssertEqual(error?.code, .invalidConfiguration)
                    XCTAssertEqual(error?.field, "url")
                    XCTAssertFalse(String(describing: error).contains("secret"), String(describing: error))
                }
            }
        }

        func testRefusesOtherParametersByTheirNames() {
            let url = "postgresql://db/x"
            for table in ["", "Upper", "a b", "1a", "a.b.c", ".a", "a.", "a\"b", String(repeating: "a", count: 51)] {
                XCTAssertThrowsError(try PostgreSQLStore(url, table: table)) {
                    XCTAssertEqual(($0 as? ItsmeError)?.field, "table")
                }
                XCTAssertThrowsError(try PostgreSQLStore.migration(table: table))
            }
            for count in [0, -1, 1001] {
                XCTAssertThrowsError(try PostgreSQLStore(url, maximumConnections: count)) {
                    XCTAssertEqual(($0 as? ItsmeError)?.field, "maximumConnections")
                }
            }
            for timeout in [.zero, .milliseconds(99), .seconds(601), .seconds(-1)] as [Duration] {
                XCTAssertThrowsError(try PostgreSQLStore(url, timeout: timeout)) {
                    XCTAssertEqual(($0 as? ItsmeError)?.field, "timeout")
                }
            }
            XCTAssertThrowsError(try PostgreSQLStore(url, trustedCertificates: "/missing.pem")) {
                XCTAssertEqual(($0 as? ItsmeError)?.field, "trustedCertificates")
            }
        }

        func testWarnsOfWeakTLSForRemoteHostsOnly() throws {
            let cases: [(url: String, mode: String?)] = [
                ("postgresql://u:secret@db.example/x", nil), ("postgresql://u:secret@db/x?sslmode=verify-full", nil),
                ("postgresql://u:secret@db/x?sslmode=verify-ca", "verify-ca"),
                ("postgresql://u:secret@db/x?sslmode=require", "require"),
                ("postgresql://u:secret@db/x?sslmode=prefer", "prefer"),
                ("postgresql://u:secret@db/x?sslmode=disable", "disable"),
                ("postgresql://u:secret@127.example/x?sslmode=disable", "disable"),
                ("postgresql://u:secret@localhost/x?sslmode=disable", nil),
                ("postgresql://u:secret@127.0.0.2/x?sslmode=disable", nil),
                ("postgresql://u:secret@[::1]/x?sslmode=disable", nil),
                ("postgresql:///x?host=/run/postgresql&sslmode=disable", nil),
                ("postgresql://localhost,db/x?sslmode=disable", "disable"),
                ("postgresql://localhost/x?hostaddr=192.0.2.1&sslmode=disable", "disable"),
            ]
            for (url, mode) in cases {
                let logs = LogRecorder()
                let store = try PostgreSQLStore(url, logger: logs.logger)
                XCTAssertEqual(logs.lines.map { $0["itsme.sslmode"] }, mode.map { [$0] } ?? [], url)
                XCTAssertFalse(logs.text.contains("secret"))
                var dumped = "\(store)"
                dump(store, to: &dumped)
                XCTAssertFalse(dumped.contains("secret"))
            }
        }
    }
#endif
