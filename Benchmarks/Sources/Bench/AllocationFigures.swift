import CBench
@testable import ItsmeRP
import JOSE

/// How often an operation asks for memory, counted by interposed functions: in this thread, all libraries included.
struct AllocationFigures {
    let world: World

    func measure() async throws -> [Figure] {
        let claims = try World.idTokenClaims()
        var figures: [Figure] = []
        for (kind, name) in [
            (World.Kind.rsaCBC, "RSA-OAEP-256 A128CBC-HS256 RS256"), (.symmetric, "dir A256GCM HS256"),
        ] {
            let compact = try await world.token(claims, kind)
            let token = try await world.floorToken(compact, kind)
            // What is made once is not the operation's.
            for _ in 0..<3 { _ = try await world.validate(compact, kind) }
            var least = bench_allocations(all: .max, openssl: 0)
            for _ in 0..<5 {
                // No suspension in between: caches are warm and keys local, so that the thread stays the same.
                bench_allocations_start()
                _ = try await world.validate(compact, kind)
                let counted = bench_allocations_stop()
                if counted.all < least.all { least = counted }
            }
            bench_allocations_start()
            if kind == .symmetric {
                try world.floor.validateSymmetric(token)
            } else {
                try world.floor.validate(token, BENCH_A128CBC_HS256)
            }
            let floor = bench_allocations_stop()
            figures.append(
                .number(
                    "allocations per validation besides OpenSSL's, \(name)", Double(least.all - least.openssl), .count,
                    below: 90, reference: Unit.count.text(Double(floor.all - floor.openssl))))
            figures.append(
                .number(
                    "OpenSSL's allocations, \(name)", Double(least.openssl), .count,
                    reference: Unit.count.text(Double(floor.openssl))))
        }
        return figures
    }
}
