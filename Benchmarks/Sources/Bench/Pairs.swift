import CBench
import Histogram

/// CPU time per operation, ours and the reference's, measured in turns.
///
/// Whatever else the machine does meets both sides alike: each round runs one batch of each, the order changes from
/// round to round, and the ratio is the median of the rounds' ratios, not the ratio of two medians.
struct Pairs: Sendable {
    /// In nanoseconds per operation, one pair for each round.
    typealias Times = [(ours: Double, reference: Double)]

    /// Medians, in nanoseconds.
    let ours: Double
    let reference: Double
    /// The median of the ratios.
    let ratio: Double
    /// The median of the differences, in nanoseconds.
    let excess: Double

    /// How many operations an RSA private key blinds with values derived from the same random ones (`BN_BLINDING_COUNTER`
    /// of OpenSSL). To draw new ones takes more than half as long as an operation: batches of this many have one renewal
    /// each, where others had none or one, by turns that differed between ours and the reference.
    static let blindings = 32

    /// Runs `rounds` pairs of batches of `count` operations, after one that does not count.
    ///
    /// The clock is the process's CPU time: nothing else runs in it. The reference is called as ours is, since OpenSSL's
    /// multiplications take some percent more or less time with the place of the stack.
    static func times(
        rounds: Int, count: Int, ours: () async throws -> Void, reference: () async throws -> Void
    ) async throws -> Times {
        var measured: Times = []
        for round in 0...rounds {
            var times = (ours: 0.0, reference: 0.0)
            for side in round % 2 == 0 ? [0, 1] : [1, 0] {
                let start = bench_process_cpu()
                if side == 0 {
                    for _ in 0..<count { try await ours() }
                    times.ours = Double(bench_process_cpu() - start) / Double(count)
                } else {
                    for _ in 0..<count { try await reference() }
                    times.reference = Double(bench_process_cpu() - start) / Double(count)
                }
            }
            if round > 0 { measured.append(times) }
        }
        return measured
    }

    init(of measured: Times) {
        ours = Self.median(measured.map(\.ours))
        reference = Self.median(measured.map(\.reference))
        ratio = Self.median(measured.map { $0.ours / $0.reference })
        excess = Self.median(measured.map { $0.ours - $0.reference })
    }

    static func median(_ values: [Double]) -> Double { percentile(50, of: values) }

    /// By way of a histogram with five significant digits; values are shifted, as it takes none below zero.
    static func percentile(_ percentile: Double, of values: [Double]) -> Double {
        guard let least = values.min(), let most = values.max(), most > least else { return values.first ?? 0 }
        let scale = 1e6 / (most - least)
        var histogram = Histogram<UInt32>(
            lowestDiscernibleValue: 1, highestTrackableValue: 2_000_000, numberOfSignificantValueDigits: .five)
        for value in values { histogram.record(UInt64((value - least) * scale)) }
        return least + Double(histogram.valueAtPercentile(percentile)) / scale
    }
}
