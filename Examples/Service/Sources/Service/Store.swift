import ItsmeRP

#if PostgreSQL
    import ItsmePostgreSQL
#endif
#if Redis
    import ItsmeRedis
#endif

/// What all instances of the service share. Build with `--traits Redis` or `--traits PostgreSQL` for one of these.
///
/// - Parameter url: `redis://…`, `rediss://…` or `postgresql://…`; nil for one process alone.
func makeStore(_ url: String?) async throws -> any StateStore {
    guard let url else { return InMemoryStateStore() }
    #if PostgreSQL
        if url.hasPrefix("postgresql://") || url.hasPrefix("postgres://") {
            let store = try PostgreSQLStore(url)
            // The service starts also while the database is down; the log says so. The table is there after the first start.
            try? await store.migrate()
            return store
        }
    #endif
    #if Redis
        if url.hasPrefix("redis://") || url.hasPrefix("rediss://") { return try RedisStore(url) }
    #endif
    throw UnknownStore()
}

struct UnknownStore: Error, CustomStringConvertible {
    let description = """
        STORE_URL is for a store that this service was built without. Give redis://, rediss:// or postgresql://, and build \
        with --traits Redis or --traits PostgreSQL.
        """
}
