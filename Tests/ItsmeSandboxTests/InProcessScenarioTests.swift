import ItsmeRP
import ItsmeSandbox
import TestSupport
import XCTest

/// The scenarios of a login with the sandbox in process.
final class InProcessScenarioTests: XCTestCase {
    func testEveryScenarioHoldsInProcess() async throws {
        for scenario in LoginScenario.all {
            let clock = SandboxClock()
            let sandbox = try SandboxWorld.sandbox(
                issuer: "http://127.0.0.1:8080/v2", clock: clock, change: scenario.registration)
            let world = SandboxWorld(
                sandbox: sandbox, clock: clock, transport: InProcessTransport(["http://127.0.0.1:8080": sandbox]))
            do {
                try await scenario.run(world)
            } catch {
                XCTFail("\(scenario.name): \(error); the sandbox refused: \(sandbox.refusals)")
            }
        }
    }
}
