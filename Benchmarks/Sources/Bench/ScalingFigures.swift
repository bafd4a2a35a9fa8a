import CBench
@testable import ItsmeRP
import JOSE

/// How much faster two tasks are than one. The reference is the same of the bare calls of OpenSSL, each thread with its
/// own keys: what the machine gives.
struct ScalingFigures {
    let world: World
    let effort: Effort

    private static let operations = 40

    func measure() async throws -> [Figure] {
        let compact = try await world.token(World.idTokenClaims(), .rsaCBC)
        let token = try await world.floorToken(compact, .rsaCBC)
        let input = [UInt8](repeating: 0x61, count: 700)
        let signer = world.clientKeys.signer
        let floors = [try world.makeFloor(), try world.makeFloor()]
        return [
            try await figure(
                "validations, two tasks against one", ours: { _ in _ = try await world.validate(compact, .rsaCBC) },
                reference: { try floors[$0].validate(token, BENCH_A128CBC_HS256) }),
            try await figure(
                "signatures, two tasks against one", ours: { _ in _ = try await signer.signature(over: input) },
                reference: { try floors[$0].sign(input) }),
        ]
    }

    private func figure(
        _ name: String, ours: @escaping @Sendable (Int) async throws -> Void,
        reference: @escaping @Sendable (Int) throws -> Void
    ) async throws -> Figure {
        var measured: [(ours: Double, reference: Double)] = []
        for _ in 0..<effort.rounds {
            measured.append((try await speedup(ours), try await speedup { try reference($0) }))
        }
        let pairs = Pairs(of: measured)
        return Figure(
            name: name, ours: Unit.decimal(pairs.ours, 3) + " x", reference: Unit.decimal(pairs.reference, 3) + " x",
            ratio: "-", target: ">= 1.90 x", isMet: pairs.ours >= 1.9)
    }

    private func speedup(_ operation: @escaping @Sendable (Int) async throws -> Void) async throws -> Double {
        let one = try await time(tasks: 1, operation)
        return 2 * one / (try await time(tasks: 2, operation))
    }

    private func time(
        tasks: Int, _ operation: @escaping @Sendable (Int) async throws -> Void
    ) async throws -> Double {
        let start = bench_wall()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<tasks {
                group.addTask {
                    for _ in 0..<Self.operations { try await operation(task) }
                }
            }
            try await group.waitForAll()
        }
        return Double(bench_wall() - start)
    }
}
