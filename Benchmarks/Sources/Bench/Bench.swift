import CBench

/// Prints one line per figure: `name  ours  reference  ratio  target  ok|short`.
@main
struct Bench {
    static func main() async throws {
        // Before anything uses OpenSSL.
        guard bench_allocations_hook_openssl() == 1 else { throw Floor.Failure() }
        var arguments = CommandLine.arguments.dropFirst()
        var effort = Effort()
        if arguments.first == "--quick" {
            effort = .quick
            arguments.removeFirst()
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
        try await add(TokenFigures(world: world, effort: effort).measure())
        try await add(SealFigures(world: world, effort: effort).measure())
        try await add(AllocationFigures(world: world).measure())
    }
}
