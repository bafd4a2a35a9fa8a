import HTTPTypes
import ItsmeHummingbird
import ItsmeRP
import ItsmeSandbox
import Logging
import Synchronization
import TestSupport
import XCTest

/// The scenarios of a login over real sockets: libcurl on one side, Hummingbird on the other.
final class SocketScenarioTests: XCTestCase {
    #if Hummingbird
        /// Lets a server start before the handler is made that must know its port.
        private final class LateHandler: HTTPHandler {
            let handler = Mutex<(any HTTPHandler)?>(nil)

            func respond(to request: HTTPRequest, body: [UInt8]) async -> HTTPReply {
                guard let handler = handler.withLock({ $0 }) else {
                    return HTTPReply(response: HTTPResponse(status: .serviceUnavailable))
                }
                return await handler.respond(to: request, body: body)
            }
        }

        func testEveryScenarioHoldsOverSockets() async throws {
            let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
            for scenario in LoginScenario.all {
                let late = LateHandler()
                try await HummingbirdServer.withServer(late, logger: logger) { port in
                    let clock = SandboxClock()
                    let sandbox = try SandboxWorld.sandbox(
                        issuer: "http://127.0.0.1:\(port)/v2", clock: clock, change: scenario.registration)
                    late.handler.withLock { $0 = sandbox }
                    let transport = try CurlTransport()
                    do {
                        try await scenario.run(SandboxWorld(sandbox: sandbox, clock: clock, transport: transport))
                    } catch {
                        XCTFail("\(scenario.name): \(error); the sandbox refused: \(sandbox.refusals)")
                    }
                    await transport.shutdown()
                }
            }
        }
    #else
        func testEveryScenarioHoldsOverSockets() throws {
            throw XCTSkip("needs a server: run `make test`, or swift test --traits Hummingbird")
        }
    #endif
}
