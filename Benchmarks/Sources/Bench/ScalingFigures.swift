import CBench
@testable import ItsmeRP
import JOSE

/// How much faster two tasks are than one. The reference is the same of the bare calls of OpenSSL, each thread with its
/// own keys and contexts: what the machine gives.
///
/// On two cores of one's own the bare calls are twice as fast as on one, and 1.9 times is 0.95 of that. Two processors of
/// a virtual machine give less, and less at one minute than at another: 0.95 of what they give is the measure there.
struct ScalingFigures {
    let world: World
    let effort: Effort

    private static let operations = 10
    /// Many short slices of each kind in turns, which are added up: the speed of the machine changes within fractions of
    /// a second, and the two kinds of a speedup are never measured at the same time.
    private var slices: Int { effort.rounds * 8 }

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
        var (ourOne, ourTwo, referenceOne, referenceTwo) = (0.0, 0.0, 0.0, 0.0)
        for slice in 0..<slices {
            for kind in 0..<4 {
                switch (kind + slice) % 4 {
                case 0: ourOne += try await time(tasks: 1, ours)
                case 1: referenceOne += try await time(tasks: 1, { try reference($0) })
                case 2: ourTwo += try await time(tasks: 2, ours)
                default: referenceTwo += try await time(tasks: 2, { try reference($0) })
                }
            }
        }
        let (gain, floor) = (2 * ourOne / ourTwo, 2 * referenceOne / referenceTwo)
        return Figure(
            name: name, ours: Unit.decimal(gain, 3) + " x", reference: Unit.decimal(floor, 3) + " x",
            ratio: Unit.decimal(gain / floor, 3), target: ">= 0.95 (1.90 of 2)", isMet: gain / floor >= 0.95)
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
