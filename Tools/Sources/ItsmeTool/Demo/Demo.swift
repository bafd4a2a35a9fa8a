import ItsmeHummingbird
import ItsmeRP
import ItsmeSandbox
import JOSE
import Logging

/// One whole login on this machine: a sandbox, a relying party and a person's browser, over real sockets.
struct Demo {
    let report: Report
    let tampering: Tampering?
    /// Whether relying party and sandbox go on for a person with a browser.
    let keepsServing: Bool

    private static let clientID = "DEMO_SHOP"
    private static let serviceCode = "DEMO_LOGIN"
    private static let persona = "belgian-eid"

    /// Performs the login, and ends the report with its result in one line.
    ///
    /// - Returns: Whether a person was verified.
    func run() async throws -> Bool {
        report.line("One login with itsme, end to end, on this machine. Tokens and codes are shown by kind and length.")
        report.step("Make throw-away keys for the relying party")
        let keys = try ClientKeys(ClientKeys.generatePrivateKeys())
        for key in keys.publicJWKSet?.keys ?? [] {
            report.note("an RSA key, use \(key.use?.rawValue ?? "any"), kid \(key.keyID ?? "none")")
        }
        report.step("Start a local itsme and a relying party")
        let sandboxHandler = LateHandler()
        let backendHandler = LateHandler()
        return try await serve(sandboxHandler) { sandboxPort in
            try await serve(backendHandler) { backendPort in
                let transport = try CurlTransport()
                let origin = "http://127.0.0.1:\(backendPort)"
                let sandbox = try sandbox(port: sandboxPort, backend: origin, transport: transport)
                let channel = ReportingTransport("relying party", through: tampered(transport, keys), report: report)
                let backend = try backend(origin: origin, issuer: sandbox.issuer, keys: keys, transport: channel)
                sandboxHandler.set(sandbox)
                backendHandler.set(backend)
                report.note("itsme          \(sandbox.issuer)")
                report.note("relying party  \(origin)")

                do {
                    try await logIn(at: origin, browser: DemoBrowser(transport: reporting("browser", transport)))
                } catch let failure as ToolFailure {
                    report.refused("\(failure)")
                    for refusal in sandbox.refusals { report.note("itsme refused: \(refusal)") }
                }
                let isVerified = conclude(backend, requests: channel.requestCount)
                if isVerified, keepsServing {
                    let interruption = await Interruption()
                    report.line("\nServing on: open \(origin)/ in a browser. Ctrl-C stops.")
                    await interruption.wait()
                }
                await transport.shutdown()
                return isVerified
            }
        }
    }

    /// The person's part, automated.
    private func logIn(at origin: String, browser: DemoBrowser) async throws {
        var browser = browser
        report.step("The person clicks \"Log in with itsme\"")
        let authorization = try await browser.redirect(from: origin + DemoBackend.loginPath)
        report.step("The browser goes to itsme, and the person approves on the phone (automated: \(Self.persona))")
        var callback = try await browser.redirect(from: authorization + "&approve=\(Self.persona)")
        if tampering == .state {
            callback = callback.replacing("state=", with: "state=A")
            report.note("tampered: the state has one character more")
        }
        report.step("The browser comes back to the relying party")
        try await browser.open(callback)
    }

    /// Prints the result.
    private func conclude(_ backend: DemoBackend, requests: Int) -> Bool {
        switch backend.lastOutcome {
        case .success(let login):
            report.step("The verified claims")
            for claim in login.claims { report.note("\(claim.name): \(claim.value)") }
            report.line("")
            report.line(
                "login verified: sub=\(login.subject) acr=\(login.authenticationContextClass) requests=\(requests)")
            return true
        case .failure(let error):
            report.line("")
            report.line("login refused: \((error as? ItsmeError).map { "\($0.phase) \($0.code)" } ?? "\(error)")")
            return false
        case nil:
            report.line("login refused: no callback reached the relying party")
            return false
        }
    }

    private func sandbox(port: Int, backend origin: String, transport: CurlTransport) throws -> Sandbox {
        try Sandbox(
            SandboxConfiguration(
                issuer: "http://127.0.0.1:\(port)/v2",
                clients: [
                    ClientRegistration(
                        clientID: Self.clientID, redirectURIs: [origin + DemoBackend.callbackPath],
                        services: [ServiceRegistration(code: Self.serviceCode, kind: .login)],
                        keys: .jwksURI(origin + DemoBackend.jwkSetPath), requiresPKCE: true)
                ]),
            transport: reporting("itsme", transport))
    }

    private func backend(
        origin: String, issuer: String, keys: ClientKeys, transport: any HTTPTransport
    ) throws -> DemoBackend {
        let configuration = ItsmeConfiguration(
            environment: try .loopbackSandbox(issuer: issuer), clientID: Self.clientID,
            authentication: .privateKeyJWT(keys), redirectURI: origin + DemoBackend.callbackPath)
        return try DemoBackend(
            client: ItsmeClient(configuration, transport: transport), keys: keys, service: .login(Self.serviceCode),
            report: report)
    }

    private func tampered(_ transport: CurlTransport, _ keys: ClientKeys) -> any HTTPTransport {
        guard let tampering else { return transport }
        return TamperingTransport(tampering: tampering, keys: keys, base: transport, report: report)
    }

    private func reporting(_ party: String, _ transport: CurlTransport) -> ReportingTransport {
        ReportingTransport(party, through: transport, report: report)
    }

    private func serve(
        _ handler: LateHandler, _ body: @Sendable (_ port: Int) async throws -> Bool
    ) async throws -> Bool {
        let silent = Logger(label: "itsme.demo") { _ in SwiftLogNoOpLogHandler() }
        return try await HummingbirdServer.withServer(handler, logger: silent, body)
    }
}
