#if Tool
    import Foundation
    import HTTPTypes
    import ItsmeRP
    import ItsmeSandbox
    import JOSE
    import Synchronization
    import TestSupport
    import XCTest

    @testable import ItsmeTool

    /// A sandbox, a client that logs in, and inspections of what was sent.
    struct InspectWorld {
        /// What was sent in one login, and how the client ended.
        struct Login {
            var url = ""
            var query = ""
            var state = ""
            var nonce = ""
            var tokenResponse: [UInt8] = []
            var userInfo: [UInt8] = []
            var error: ItsmeError?
        }

        /// Keeps the bodies of the last answers.
        private final class Wiretap: HTTPTransport {
            private let base: any HTTPTransport
            private let bodies = Mutex<[String: [UInt8]]>([:])

            init(_ base: any HTTPTransport) { self.base = base }

            func body(_ path: String) -> [UInt8] { bodies.withLock { $0[path] ?? [] } }

            func send(_ request: HTTPRequest, body: [UInt8], limits: HTTPLimits) async throws -> HTTPReply {
                let reply = try await base.send(request, body: body, limits: limits)
                bodies.withLock { $0[request.path ?? ""] = reply.body }
                return reply
            }
        }

        static let now = Date(timeIntervalSince1970: 1_763_800_000)
        static let issuer = "http://127.0.0.1:8080/v2"

        let sandbox: Sandbox
        private let world: SandboxWorld
        private let wiretap: Wiretap

        init() throws {
            let clock = SandboxClock(at: Self.now)
            sandbox = try SandboxWorld.sandbox(issuer: Self.issuer, clock: clock)
            wiretap = Wiretap(InProcessTransport(["http://127.0.0.1:8080": sandbox]))
            world = SandboxWorld(sandbox: sandbox, clock: clock, transport: wiretap)
        }

        static var keys: ClientKeys {
            get throws { try ClientKeys([TestProvider.keys.clientSigning, TestProvider.keys.clientEncryption]) }
        }

        /// A login of a client with cold caches; `fault` strikes in it.
        func login(_ fault: SandboxFault?) async throws -> Login {
            let client = try world.client()
            if let fault { sandbox.inject(fault) }
            sandbox.forgetRecordedRequests()
            var login = Login()
            do {
                let request = try await client.authorizationRequest(
                    for: .login("LOGIN"), scopes: [.profile], level: .advanced,
                    maximumAuthenticationAge: .seconds(300))
                login.url = request.url
                login.state = request.transaction.state.exposedValue
                login.query = try await world.browse(request.url, as: "belgian-eid")
                let object = sandbox.recordedRequests.last { $0.endpoint == .authorization }?.requestObject
                if case .string(let nonce) = object?["nonce"] { login.nonce = nonce }
                let response = try await client.authorizationResponse(query: login.query, for: request.transaction)
                let tokens: TokenResponse
                do {
                    tokens = try await client.tokens(for: response)
                } catch {
                    login.tokenResponse = wiretap.body("/v2/token")
                    throw error
                }
                login.tokenResponse = wiretap.body("/v2/token")
                defer { login.userInfo = wiretap.body("/v2/userinfo") }
                _ = try await client.userInfo(for: tokens)
            } catch let error as ItsmeError {
                login.error = error
            }
            return login
        }

        /// An inspection with everything that is known of `login`.
        func inspection(_ login: Login) throws -> Inspection {
            var inspection = Inspection(now: Self.now)
            inspection.environment = try .loopbackSandbox(issuer: Self.issuer)
            inspection.transport = wiretap
            inspection.keys = try Self.keys
            inspection.authentication = .privateKeyJWT(try Self.keys)
            inspection.clientID = SandboxWorld.clientID
            inspection.login.nonce = Secret(login.nonce)
            inspection.login.requestedLevel = .advanced
            inspection.login.maximumAuthenticationAge = 300
            inspection.state = Secret(login.state)
            return inspection
        }

        func inspect(callbackOf login: Login) async throws -> InspectionReport {
            let input = try InspectionInput(cleaning: SandboxWorld.redirectURI + "?" + login.query)
            return try await inspection(login).report(on: input)
        }

        func inspect(tokenResponseOf login: Login) async throws -> InspectionReport {
            // Not all bodies are text, and text is trimmed.
            try await inspection(login).tokenResponse(login.tokenResponse)
        }

        func inspect(userInfoOf login: Login) async throws -> InspectionReport {
            var inspection = try inspection(login)
            inspection.kind = .userInfo
            inspection.idToken = String(decoding: login.tokenResponse, as: UTF8.self)
            return try await inspection.report(
                on: InspectionInput(cleaning: String(decoding: login.userInfo, as: UTF8.self)))
        }
    }
#endif
