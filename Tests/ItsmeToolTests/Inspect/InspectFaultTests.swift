#if Tool
    import Foundation
    import HTTPTypes
    import ItsmeRP
    import ItsmeSandbox
    import JOSE
    import TestSupport
    import XCTest

    @testable import ItsmeTool

    /// `itsme inspect` on what each fault of the sandbox makes: it names the rule that the library's client names.
    final class InspectFaultTests: XCTestCase {
        /// Faults that leave nothing to inspect, by the end of their name.
        private static let faultsOfHTTP: [String: String] = [
            "-http-500": "there is no answer but a status", "-http-429": "there is no answer but a status",
            "-http-302": "there is no answer but a redirect", "-stall": "there is no answer in time",
            "-too-large": "the transport stops reading, and nobody has the answer",
        ]

        /// Other faults that leave nothing to inspect.
        private static let otherFaults: [String: String] = [
            "user-discovery-top-level": "an answer with an image and a session, which is no token",
            "user-discovery-without-interval": "as above",
            "user-discovery-session-dots": "as above",
            "user-discovery-not-image": "as above",
            "user-discovery-status-unknown": "as above",
            "ciba-invalid-missing-authreqid": "an answer with an auth_req_id, which is no token",
            "ciba-auth_request_id": "as above",
            "ciba-authreqid-empty": "as above",
            "ciba-without-interval": "as above",
            "ciba-missing-expires_in": "as above",
            "ciba-slow-down": "the answer to a poll before there is a token",
            "ciba-pending": "as above",
            "ciba-poll-http-503": "as above",
            "ciba-expired": "as above",
            "ciba-denied": "as above",
            "ciba-authreqid-claim": "only the poll knows the auth_req_id; see InspectTests",
            "ciba-nonce": "as above",
            "ciba-invalid-sub": "only the service knows whom it asked",
            "ciba-ping-with-invalid-bearer-token": "what is wrong is in a header of the request",
            "ciba-ping-for-unknown-request": "only the service knows its requests",
        ]

        private static func leavesNothing(_ fault: SandboxFault) -> Bool {
            otherFaults[fault.name] != nil || faultsOfHTTP.keys.contains { fault.name.hasSuffix($0) }
        }

        func testNamesTheRuleThatTheClientNames() async throws {
            let world = try InspectWorld()
            let good = try await world.login(nil)
            XCTAssertNil(good.error)
            for fault in SandboxFault.all where !Self.leavesNothing(fault) {
                let login = try await world.login(fault)
                XCTAssertEqual(world.sandbox.pendingFaults, [], "\(fault) did not strike")
                let report: InspectionReport
                switch fault.place {
                case .discovery, .jwkSet:
                    // What the provider publishes is seen when something else is checked.
                    world.sandbox.inject(fault)
                    report =
                        fault == .responseIssuerAnnounced
                        ? try await world.inspect(callbackOf: login) : try await world.inspect(tokenResponseOf: good)
                case .callback: report = try await world.inspect(callbackOf: login)
                case .token: report = try await world.inspect(tokenResponseOf: login)
                case .userInfo: report = try await world.inspect(userInfoOf: login)
                case .userDiscovery, .backchannelAuthentication, .poll, .notification:
                    XCTFail("\(fault): say what inspect makes of it, or why there is nothing to inspect")
                    continue
                }
                XCTAssertEqual(report.code, login.error?.code.description, fault.name)
                XCTAssertEqual(report.findings.hasFailure, login.error != nil, fault.name)
                XCTAssertEqual(fault.isTolerable, login.error == nil, fault.name)
                if fault.isTolerable {
                    XCTAssertEqual(report.findings.last?.level, .ok, "\(fault): \(report.findings)")
                    XCTAssertEqual(report.findings.last?.check, "result", fault.name)
                } else {
                    let broken = report.findings.filter { $0.level == .fail }
                    XCTAssertEqual(broken.count, 1, fault.name)
                    XCTAssertNotNil(broken.first?.remedy, fault.name)
                    XCTAssertNotEqual(report.findings.last?.check, "result", fault.name)
                }
                world.sandbox.removeFaults()
            }
        }

        func testFaultsThatLeaveNothingAreFaultsOfTheSandbox() {
            for name in Self.otherFaults.keys { XCTAssertNotNil(SandboxFault(named: name), name) }
            for ending in Self.faultsOfHTTP.keys {
                XCTAssertTrue(SandboxFault.all.contains { $0.name.hasSuffix(ending) }, ending)
            }
        }
    }
#endif
