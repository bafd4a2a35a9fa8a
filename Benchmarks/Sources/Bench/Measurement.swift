/// The times of one figure, and what is made of them.
struct Measurement {
    var times: Pairs.Times
    let figure: (Pairs) -> Figure

    /// The figures of what `measure` returns for several worlds, each with keys of its own: the places of keys and
    /// contexts in memory are worth a percent for as long as they are used.
    static func figures(
        worlds: Int, _ measure: (World) async throws -> [Measurement]
    ) async throws -> [Figure] {
        var all: [Measurement] = []
        for _ in 0..<worlds {
            let more = try await measure(World())
            if all.isEmpty {
                all = more
            } else {
                for (index, measurement) in more.enumerated() { all[index].times += measurement.times }
            }
        }
        return all.map { $0.figure(Pairs(of: $0.times)) }
    }
}
