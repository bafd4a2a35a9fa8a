import CBench
import HTTPTypes
import ItsmeRP
import Load

/// The two clients of this program: `client curl-transport|curl-loop URL CA-FILE|- COUNT`.
struct TransportClient {
    private let url: String
    private let certificate: String?
    private let load: LoadClient

    init?(_ arguments: ArraySlice<String>) {
        let options = Array(arguments)
        guard options.count == 3, let count = Int(options[2]) else { return nil }
        url = options[0]
        certificate = options[1] == "-" ? nil : options[1]
        load = LoadClient(count: count)
    }

    func runTransport() async throws {
        var configuration = CurlTransport.Configuration()
        configuration.maximumConnectionsPerHost = LoadClient.inFlight
        configuration.additionalCAFile = certificate
        let transport = try CurlTransport(configuration)
        let parts = url.split(separator: "/", maxSplits: 2)
        let request = HTTPRequest(
            method: .post, scheme: String(parts[0].dropLast()), authority: String(parts[1]), path: "/token",
            headerFields: [.accept: "application/json", .contentType: "application/x-www-form-urlencoded"])
        try await load.run {
            let reply = try await transport.send(request, body: LoadClient.body, limits: HTTPLimits())
            guard reply.response.status == .ok, !reply.body.isEmpty else { throw LoadClient.BadAnswer() }
        }
        await transport.shutdown()
    }

    func runLoop() async throws {
        let body = String(decoding: LoadClient.body, as: UTF8.self)
        guard let client = bench_curl_new(url, certificate, body, LoadClient.inFlight) else {
            throw LoadClient.BadAnswer()
        }
        defer { bench_curl_free(client) }
        try await load.run { count in
            var latencies = [UInt64](repeating: 0, count: count)
            guard bench_curl_batch(client, count, &latencies) == count else { throw LoadClient.BadAnswer() }
            return latencies
        }
    }
}
