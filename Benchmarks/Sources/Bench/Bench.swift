import CBench
import Dispatch
import Foundation

/// Prints one line per figure: `name  ours  reference  ratio  target  ok|short`.
@main
struct Bench {
    /// Waits for the work on a thread of its own kind: the main thread of an asynchronous `main` ends before the others,
    /// which valgrind does not survive.
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
        var arguments = CommandLine.arguments.dropFirst()
        var effort = Effort()
        if arguments.first == "--quick" {
            effort = .quick
            arguments.removeFirst()
        }
        bench_print_by_line()
        switch (arguments.first, arguments.dropFirst().first) {
        case ("server"?, let certificate):
            guard bench_server_run(certificate, arguments.last) == 1 else { throw Floor.Failure() }
            return
        case ("client"?, "curl-transport"?):
            try await TransportClient(arguments.dropFirst(2))?.runTransport()
            return
        case ("client"?, "curl-loop"?):
            try await TransportClient(arguments.dropFirst(2))?.runLoop()
            return
        default: break
        }
        let world = try await World()
        if arguments.first == "profile" {
            arguments.removeFirst()
            let operation = arguments.popFirst() ?? "validate"
            try await Profile(world: world).run(operation, count: arguments.first.flatMap { Int($0) } ?? 100)
            return
        }
        var figures: [Figure] = []
        func add(_ some: [Figure]) {
            for figure in some { print(figure.line) }
            figures += some
        }
        let only = arguments.first
        func isWanted(_ group: String) -> Bool { only == nil || only == group }
        if isWanted("transport") {
            let programs = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
            try add(TransportFigures(programs: programs, effort: effort).measure())
        }
        guard isWanted("tokens") else { return }
        try await add(TokenFigures(world: world, effort: effort).measure())
        try await add(SealFigures(world: world, effort: effort).measure())
        try await add(AllocationFigures(world: world).measure())
    }
}
