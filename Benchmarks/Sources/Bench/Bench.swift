import CBench
import Dispatch
import Foundation

/// Prints one line per figure: `name  ours  reference  ratio  target  ok|short`.
@main
struct Bench {
    /// Not asynchronous: the work would then be on the main actor, where each call of an asynchronous function changes
    /// threads twice.
    static func main() {
        let done = DispatchSemaphore(value: 0)
        Task.detached {
            do {
                try await run()
            } catch {
                print("FAILED: \(error)")
                exit(1)
            }
            done.signal()
        }
        done.wait()
    }

    private static func run() async throws {
        // Before anything uses OpenSSL.
        guard bench_allocations_hook_openssl() == 1 else { throw Floor.Failure() }
        bench_print_by_line()
        var arguments = CommandLine.arguments.dropFirst()
        switch (arguments.first, arguments.dropFirst().first) {
        case ("server"?, let certificate):
            guard bench_server_run(certificate, arguments.last) == 1 else { throw Floor.Failure() }
            return
        case ("client"?, "curl-transport"?): return try await client(arguments).runTransport()
        case ("client"?, "curl-loop"?): return try await client(arguments).runLoop()
        case ("memory"?, _): return try await MemoryFigures.work(arguments.dropFirst())
        default: break
        }
        var effort = Effort()
        if arguments.first == "--quick" {
            effort = .quick
            arguments.removeFirst()
        }
        let world = try await World()
        let program = URL(fileURLWithPath: CommandLine.arguments[0])
        if arguments.first == "profile" {
            arguments.removeFirst()
            let operation = arguments.popFirst() ?? "validate"
            try await Profile(world: world).run(operation, count: arguments.first.flatMap { Int($0) } ?? 100)
            return
        }
        if arguments.first == "peers" {
            let peers = PeerFigures(
                world: world, effort: effort, programs: program.deletingLastPathComponent(),
                peers: Array(arguments.dropFirst()))
            for figure in try await peers.measure() { print(figure.line) }
            return
        }
        func inWorlds(
            _ measure: @escaping (World) async throws -> [Measurement]
        ) -> () async throws -> [Figure] {
            { try await Measurement.figures(worlds: effort.worlds, measure) }
        }
        let groups: [(name: String, measure: () async throws -> [Figure])] = [
            ("tokens", inWorlds { try await TokenFigures(world: $0, effort: effort).measure() }),
            ("allocations", AllocationFigures(world: world).measure),
            ("sealing", SealFigures(world: world, effort: effort).measure),
            ("login", inWorlds { try await LoginFigures(world: $0, effort: effort).measure() }),
            ("scaling", ScalingFigures(world: world, effort: effort).measure),
            (
                "transport",
                TransportFigures(programs: program.deletingLastPathComponent(), effort: effort).measure
            ),
            ("memory", MemoryFigures(program: program, effort: effort).measure),
        ]
        var figures: [Figure] = []
        for group in groups where arguments.isEmpty || arguments.contains(group.name) {
            for figure in try await group.measure() {
                print(figure.line)
                figures.append(figure)
            }
        }
        if let path = ProcessInfo.processInfo.environment["ITSMERP_BENCH_REPORT"] {
            let report = Report(figures: figures, effort: effort).text
            try Data(report.utf8).write(to: URL(fileURLWithPath: path))
        }
    }

    private static func client(_ arguments: ArraySlice<String>) throws -> TransportClient {
        guard let client = TransportClient(arguments.dropFirst(2)) else { throw Floor.Failure() }
        return client
    }
}
