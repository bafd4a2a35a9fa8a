import CBench

/// One of the HTTP clients that are compared, in a process of its own.
///
/// For each line on its standard input it sends a batch of requests and prints, in nanoseconds: CPU time per request of
/// the whole process, time per request, and the latency at the 99th percentile.
package struct LoadClient {
    package static let inFlight = 64
    package static let body = [UInt8](repeating: 0x61, count: 1200)

    private let count: Int

    package init(count: Int) {
        self.count = count
    }

    package struct BadAnswer: Error {
        package init() {}
    }

    /// `send` sends one request and throws unless a 200 with a body came back.
    package func run(_ send: @escaping @Sendable () async throws -> Void) async throws {
        try await run { count in
            try await withThrowingTaskGroup(of: [UInt64].self) { group in
                for worker in 0..<Self.inFlight {
                    let share = count / Self.inFlight + (worker < count % Self.inFlight ? 1 : 0)
                    group.addTask {
                        var latencies: [UInt64] = []
                        latencies.reserveCapacity(share)
                        for _ in 0..<share {
                            let start = bench_wall()
                            try await send()
                            latencies.append(bench_wall() - start)
                        }
                        return latencies
                    }
                }
                var all: [UInt64] = []
                for try await some in group { all += some }
                return all
            }
        }
    }

    /// `batch` sends as many requests as it is told and returns how long each took.
    package func run(batch: (Int) async throws -> [UInt64]) async throws {
        _ = try await batch(min(count, 1000))
        print("ready")
        while readLine() != nil {
            let (cpu, wall) = (bench_process_cpu(), bench_wall())
            let latencies = try await batch(count).sorted()
            let (cpuUsed, wallUsed) = (bench_process_cpu() - cpu, bench_wall() - wall)
            print(cpuUsed / UInt64(count), wallUsed / UInt64(count), latencies[latencies.count * 99 / 100])
        }
    }
}
