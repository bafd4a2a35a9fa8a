import CBench
import Foundation
@testable import ItsmeRP
import JOSE

/// What memory many validations take; each figure is measured in a process of its own.
struct MemoryFigures {
    let program: URL
    let effort: Effort

    func measure() throws -> [Figure] {
        let storm = try run("storm")
        let flat = try run("flat", String(effort.validations))
        return [
            Figure(
                name: "10,000 validations at a time, cold JWK Set: fetches", ours: Unit.count.text(storm[0]),
                reference: "-", ratio: "-", target: "= 1", isMet: storm[0] == 1),
            .number("the same: most resident memory", storm[1], .mebibytes, below: 64 * 1_048_576),
            Figure(
                name: "\(effort.validations) validations: resident memory after a tenth, most and least",
                ours: Unit.mebibytes.text(flat[0]), reference: Unit.mebibytes.text(flat[1]),
                ratio: Unit.decimal(flat[0] / flat[1], 4), target: "<= 1.02 x", isMet: flat[0] / flat[1] <= 1.02),
        ]
    }

    private func run(_ arguments: String...) throws -> [Double] {
        let process = try LoadProcess(program, ["memory"] + arguments)
        let numbers = try process.readLine().split(separator: " ").compactMap { Double($0) }
        try process.end()
        guard numbers.count == 2 else { throw LoadProcess.Ended() }
        return numbers
    }

    /// The work of such a process; prints two numbers.
    static func work(_ arguments: ArraySlice<String>) async throws {
        let world = try await World()
        switch arguments.first {
        case "storm":
            let compact = try await world.token(World.idTokenClaims(), .rsaCBC)
            let cold = try world.coldCopy()
            let before = world.provider.keySetFetches
            // A group that keeps results would keep the memory of ended tasks until its owner has its turn.
            try await withThrowingDiscardingTaskGroup { group in
                for _ in 0..<10_000 {
                    group.addTask { _ = try await cold.validate(compact, .rsaCBC) }
                }
            }
            print(world.provider.keySetFetches - before, bench_peak_resident())
        case "flat":
            let count = arguments.dropFirst().first.flatMap { Int($0) } ?? 1_000_000
            let compact = try await world.token(World.idTokenClaims(), .symmetric)
            var (most, least): (UInt64, UInt64) = (0, .max)
            for number in 1...count {
                _ = try await world.validate(compact, .symmetric)
                if number % (count / 100) == 0, number > count / 10 {
                    let resident = bench_resident()
                    (most, least) = (max(most, resident), min(least, resident))
                }
            }
            print(most, least)
        default: throw Floor.Failure()
        }
    }
}
