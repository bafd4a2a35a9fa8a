import ItsmeRP

#if PostgreSQL
    import ItsmePostgreSQL
#endif
#if Redis
    import ItsmeRedis
#endif

/// What all instances of the service share. Build with `--traits Redis` or `--traits PostgreSQL` for one of these.
///
/// - Parameter url: `redis://…`, `rediss://…`, `postgresql://…` or `postgres://…`; nil for one process alone.
func makeStore(_ url: String?) throws -> any StateStore {
    guard let url else { return InMemoryStateStore() }
    #if PostgreSQL
        if url.hasPrefix("postgresql://") || url.hasPrefix("postgres://") {
            let store = try PostgreSQLStore(url)
            // In the background, so that the service also starts while the database is down. The log says so.
            Task { while (try? await store.migrate()) == nil { try await Task.sleep(for: .seconds(5)) } }
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
