// AsyncHTTPClient under the same load as the transport: `HTTPPeer URL CA-FILE|- COUNT`.
import AsyncHTTPClient
import CBench
import Load
import NIOCore
import NIOHTTP1
import NIOSSL

bench_print_by_line()
let arguments = CommandLine.arguments
var configuration = HTTPClient.Configuration()
configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = LoadClient.inFlight
if arguments[2] != "-" {
    var tls = TLSConfiguration.makeClientConfiguration()
    tls.trustRoots = .file(arguments[2])
    configuration.tlsConfiguration = tls
}
let client = HTTPClient(configuration: configuration)
var request = HTTPClientRequest(url: arguments[1])
request.method = .POST
request.headers = ["accept": "application/json", "content-type": "application/x-www-form-urlencoded"]
request.body = .bytes(ByteBuffer(bytes: LoadClient.body))
let prepared = request
try await LoadClient(count: Int(arguments[3]) ?? 1000).run {
    let response = try await client.execute(prepared, timeout: .seconds(10))
    let body = try await response.body.collect(upTo: 1 << 20)
    guard response.status == .ok, body.readableBytes > 0 else { throw LoadClient.BadAnswer() }
}
try await client.shutdown()
