import Foundation

/// `CurlTransport` against a C program with one loop of libcurl and against AsyncHTTPClient: loopback, kept connections,
/// 64 requests in flight, each client and the server in a process of its own.
struct TransportFigures {
    /// The folder of this program and its siblings.
    let programs: URL
    let effort: Effort

    /// Many short turns, since the speed of the machine changes within fractions of a second.
    private static let requests = 2_500

    func measure() throws -> [Figure] {
        let certificate = try Certificate()
        defer { certificate.remove() }
        // What https takes is further from its target.
        return try measure("http", certificate: nil, sittings: 4)
            + measure("https", certificate: certificate, sittings: 2)
    }

    /// What each client took in each turn; the peer takes part in a tenth of them.
    private struct Rounds {
        var pairs: [[LoadProcess.Batch]] = []
        var triples: [[LoadProcess.Batch]] = []
    }

    /// Starts all processes anew for each of the sittings: some are faster than others for as long as they run.
    private func measure(_ scheme: String, certificate: Certificate?, sittings: Int) throws -> [Figure] {
        var rounds = Rounds()
        for _ in 0..<sittings { try sit(scheme, certificate, &rounds) }
        return figures(scheme, rounds)
    }

    private func sit(_ scheme: String, _ certificate: Certificate?, _ rounds: inout Rounds) throws {
        let bench = programs.appendingPathComponent("Bench")
        let server = try LoadProcess(
            bench, ["server"] + (certificate.map { [$0.file.path, $0.keyFile.path] } ?? []))
        let url = "\(scheme)://127.0.0.1:\(try server.readLine())/token"
        let options = [url, certificate?.file.path ?? "-", String(Self.requests)]
        let ours = try LoadProcess(bench, ["client", "curl-transport"] + options)
        let loop = try LoadProcess(bench, ["client", "curl-loop"] + options)
        let peerProgram = programs.appendingPathComponent("HTTPPeer")
        let peer =
            FileManager.default.isExecutableFile(atPath: peerProgram.path)
            ? try LoadProcess(peerProgram, options) : nil
        let pair = [ours, loop]
        let clients = pair + (peer.map { [$0] } ?? [])
        for client in clients { _ = try client.readLine() }
        // AsyncHTTPClient is far off, so that a few turns tell enough.
        for round in 0..<max(effort.rounds, 3) {
            let turns = round % 10 == 0 ? clients : pair
            var batches: [LoadProcess.Batch?] = turns.map { _ in nil }
            for place in turns.indices {
                let turn = (place + round) % turns.count
                batches[turn] = try turns[turn].batch()
            }
            rounds.pairs.append(batches.compactMap { $0 })
            if turns.count > pair.count { rounds.triples.append(batches.compactMap { $0 }) }
        }
        for client in clients { try client.end() }
        try server.end()
    }

    private func figures(_ scheme: String, _ rounds: Rounds) -> [Figure] {
        let cpu = Pairs(of: rounds.pairs.map { ($0[0].cpu, $0[1].cpu) })
        let latency = Pairs(of: rounds.pairs.map { ($0[0].latency, $0[1].latency) })
        var figures: [Figure] = [
            .control("\(scheme) CPU per request, against one curl loop in C", cpu),
            Figure(
                name: "\(scheme) latency at the 99th percentile, against the same",
                ours: Unit.milliseconds.text(latency.ours), reference: Unit.milliseconds.text(latency.reference),
                ratio: Unit.milliseconds.signed(latency.excess), target: "<= +2.00 ms",
                isMet: latency.excess <= 2e6),
        ]
        if !rounds.triples.isEmpty {
            let rate = Pairs(of: rounds.triples.map { (1e9 / $0[0].cpu, 1e9 / $0[2].cpu) })
            figures.append(
                Figure(
                    name: "\(scheme) requests per CPU second, against AsyncHTTPClient",
                    ours: Unit.count.text(rate.ours), reference: Unit.count.text(rate.reference),
                    ratio: Unit.decimal(rate.ratio, 3), target: ">= 1.50 x", isMet: rate.ratio >= 1.5))
        }
        return figures
    }
}
