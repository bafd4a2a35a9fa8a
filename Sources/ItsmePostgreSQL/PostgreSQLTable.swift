#if PostgreSQL
    internal import ItsmeRP

    /// The statements on the table.
    struct PostgreSQLTable: Sendable {
        /// The most rows that one sweep removes: a few milliseconds of work.
        static let sweepLimit = 1000

        /// The quoted name, with the schema if one was given.
        let name: String
        private let index: String

        init(_ name: String) throws(ItsmeError) {
            let parts = name.split(separator: ".", omittingEmptySubsequences: false)
            let isValid = parts.allSatisfy { part in
                // The name of the index is longer, and PostgreSQL cuts names at 63 bytes.
                (1...50).contains(part.utf8.count) && !(0x30...0x39).contains(part.utf8.first ?? 0)
                    && part.utf8.allSatisfy { 0x61...0x7A ~= $0 || 0x30...0x39 ~= $0 || $0 == UInt8(ascii: "_") }
            }
            guard isValid, parts.count <= 2, let last = parts.last else {
                throw .invalidConfiguration(
                    "this is no name of a table",
                    remedy:
                        "Use lower-case letters, digits and _, at most 50, such as itsme_state or schema.itsme_state.",
                    field: "table")
            }
            self.name = parts.map { "\"\($0)\"" }.joined(separator: ".")
            index = "\"\(last)_expires_at\""
        }

        /// Keys compare as bytes: faster, and not bound to the version of a language's rules.
        var migration: String {
            """
            CREATE TABLE IF NOT EXISTS \(name) (
                key text COLLATE "C" PRIMARY KEY,
                value text NOT NULL,
                version bigint NOT NULL,
                expires_at timestamptz
            );
            CREATE INDEX IF NOT EXISTS \(index) ON \(name) (expires_at);

            """
        }

        /// Two that make the same table at the same time would fail, in spite of `IF NOT EXISTS`. The number is ours.
        var lock: String { "SELECT pg_advisory_xact_lock(7525190141);\n" }

        /// A repeated call finds its own value, and writes it again.
        ///
        /// The expiry is the later one of the given time and of the seconds that are left by the clock of the instance. One
        /// of them is right if one of the two clocks involved is wrong: that of the instance that sends it, or of the one
        /// that chose the time.
        var insert: String {
            """
            INSERT INTO \(name) AS old (key, value, version, expires_at)
            VALUES ($1, $2, 1, greatest(now() + $3::float8 * interval '1 second', to_timestamp($4::float8)))
            ON CONFLICT (key) DO UPDATE SET value = excluded.value, version = 1, expires_at = excluded.expires_at
            WHERE old.expires_at <= now() OR (old.version = 1 AND old.value = excluded.value)
            RETURNING 1
            """
        }

        var value: String {
            "SELECT value, version FROM \(name) WHERE key = $1 AND (expires_at IS NULL OR expires_at > now())"
        }

        var replace: String {
            """
            UPDATE \(name) SET value = $2, version = $3::bigint + 1
            WHERE key = $1 AND (expires_at IS NULL OR expires_at > now())
            AND (version = $3::bigint OR (version = $3::bigint + 1 AND value = $2))
            RETURNING 1
            """
        }

        /// A statement that changes no row; a server that takes no writes refuses it.
        var check: String { "UPDATE \(name) SET version = version WHERE false" }

        /// Leaves rows that somebody else holds for the next time.
        var sweep: String {
            """
            DELETE FROM \(name) WHERE key IN (
                SELECT key FROM \(name) WHERE expires_at <= now()
                ORDER BY expires_at LIMIT \(Self.sweepLimit) FOR UPDATE SKIP LOCKED
            ) RETURNING 1
            """
        }
    }
#endif
