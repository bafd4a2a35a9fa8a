#if Tool
    import ArgumentParser
    import ItsmeHummingbird
    import ItsmeRP
    import ItsmeSandbox
    import JOSE
    import Logging

    /// Walks through itsme's services on this machine and shows each step.
    struct DemoCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "demo",
            abstract: "Watch Login, Share data and Confirm against a local itsme.",
            discussion: """
                Makes throw-away keys, and starts a sandbox and a small relying party on loopback ports. An invented \
                person then logs in, shares data and confirms a payment, with a key pair and with a client secret, and \
                logs in without a browser. The person's approval is automated. Afterwards the demo stays up for your \
                browser, unless you give --once. The exit status is 0 only if everything was verified.
                """
        )

        @Flag(help: "Exit after the run instead of staying up for your browser.")
        var once = false

        @Option(help: "Falsify something on the way to the relying party, in one login only: \(Tampering.names).")
        var tamper: Tampering?

        func run() async throws {
            let isVerified = try await Demo(report: Report(), tampering: tamper, keepsServing: !once && tamper == nil)
                .run()
            guard isVerified else { throw ExitCode.failure }
            guard tamper == nil else {
                Report().line("The tampered answer was accepted, although it must be refused. Please report this.")
                throw ExitCode.failure
            }
        }
    }

    extension Tampering {
        fileprivate static let names = allCases.map(\.rawValue).joined(separator: ", ")
    }

    /// The whole demo on this machine: a sandbox, a relying party and a person's browser, over real sockets.
    struct Demo {
        let report: Report
        /// What is falsified. If set, there is only one run, of the first service that shows it.
        let tampering: Tampering?
        /// Whether relying party and sandbox stay up for a person with a browser.
        let keepsServing: Bool

        private static let persona = "belgian-eid"

        /// Runs every service with every registration. The last line of the report is about the first login.
        ///
        /// - Returns: Whether every run was verified.
        func run() async throws -> Bool {
            report.line("itsme, end to end, on this machine. Tokens, codes and secrets are shown by kind and length.")
            report.step("Make throw-away keys and a client secret for the relying party")
            let credentials = try DemoRegistration.Credentials()
            for key in credentials.keys.publicJWKSet?.keys ?? [] {
                report.note("an RSA key, use \(key.use?.rawValue ?? "any"), kid \(key.keyID ?? "none")")
            }
            report.note("a client secret of \(credentials.secret.exposedValue.utf8.count) characters")
            report.step("Start a local itsme and a relying party")
            let sandboxHandler = LateHandler()
            let siteHandler = LateHandler()
            return try await serve(sandboxHandler) { sandboxPort in
                try await serve(siteHandler) { sitePort in
                    let transport = try CurlTransport()
                    let origin = "http://127.0.0.1:\(sitePort)"
                    let sandbox = try Sandbox(
                        SandboxConfiguration(
                            issuer: "http://127.0.0.1:\(sandboxPort)/v2",
                            clients: DemoRegistration.allCases.map {
                                $0.atSandbox(origin: origin, credentials: credentials)
                            }, qrCode: QRCode.svg),
                        transport: ReportingTransport("itsme", through: transport, report: report))
                    let trial = DemoTrial(sandbox)
                    let shop = { (registration: DemoRegistration) in
                        try DemoShop(
                            registration,
                            configuration: registration.configuration(
                                origin: origin, issuer: sandbox.issuer, credentials: credentials),
                            transport: tampered(transport, credentials.keys), report: report, trial: trial)
                    }
                    let shops = [try shop(.keyPair), try shop(.clientSecret)]
                    // itsme offers the backchannel only to clients with a key pair.
                    let kiosk = try DemoKiosk(shops[0], report: report)
                    sandboxHandler.set(sandbox)
                    siteHandler.set(
                        try DemoSite(
                            shops, kiosk: kiosk, sandbox: sandbox, trial: trial, keys: credentials.keys, report: report)
                    )
                    report.note("itsme          \(sandbox.issuer)")
                    report.note("relying party  \(origin)")
                    for shop in shops {
                        report.note("client         \(shop.registration.clientID), with a \(shop.registration.name)")
                    }

                    let outcomes = try await walk(
                        through: shops, kiosk: kiosk, at: origin, sandbox: sandbox, transport: transport)
                    let isVerified = conclude(outcomes)
                    if isVerified, keepsServing {
                        sandbox.forgetRecordedRequests()
                        report.forgetChecks()
                        kiosk.leave()
                        let interruption = await Interruption()
                        report.line("\nOpen \(origin)/ in a browser. Ctrl-C stops the demo.")
                        await interruption.wait()
                    }
                    await transport.shutdown()
                    return isVerified
                }
            }
        }

        /// Reports the first login in full, the other runs in brief.
        private func walk(
            through shops: [DemoShop], kiosk: DemoKiosk, at origin: String, sandbox: Sandbox, transport: CurlTransport
        ) async throws -> [DemoWalk.Outcome] {
            let all = shops.flatMap { shop in DemoService.allCases.map { DemoWalk(service: $0, shop: shop) } }
            var browser = DemoBrowser(transport: ReportingTransport("browser", through: transport, report: report))
            var outcomes: [DemoWalk.Outcome] = []
            for walk in tampering == nil ? all[...] : all.filter(showsTampering).prefix(1) {
                let isFirst = outcomes.isEmpty
                report.detail = isFirst ? .full : .brief
                sandbox.forgetRefusals()
                let outcome = try await walk.perform(
                    at: origin, browser: &browser, as: Self.persona, steps: isFirst, tampering: tampering,
                    report: report)
                outcomes.append(outcome)
                if isFirst, case .success = outcome.result { report.step("The verified claims") }
                tell(outcome, sandbox)
            }
            if tampering == nil {
                sandbox.forgetRefusals()
                let outcome = await DemoKioskWalk(kiosk: kiosk, sandbox: sandbox)
                    .perform(as: Self.persona, report: report)
                outcomes.append(outcome)
                tell(outcome, sandbox)
            }
            return outcomes
        }

        /// Only some services read UserInfo.
        private func showsTampering(_ walk: DemoWalk) -> Bool {
            tampering != .userInfo || walk.service.readsUserInfo
        }

        private func tell(_ outcome: DemoWalk.Outcome, _ sandbox: Sandbox) {
            switch outcome.result {
            case .success(let result):
                for row in result.rows { report.note("\(row.label): \(row.text)") }
            case .failure:
                for refusal in sandbox.refusals { report.note("itsme refused: \(refusal)") }
            }
        }

        /// Prints the result of each run; the first login is the last line.
        ///
        /// - Returns: Whether every run was verified.
        private func conclude(_ outcomes: [DemoWalk.Outcome]) -> Bool {
            report.line("")
            var isVerified = true
            var lastLine = "refused: nothing was tried"
            for (index, outcome) in outcomes.enumerated() {
                switch outcome.result {
                case .success(let result):
                    let summary =
                        "sub=\(result.subject) acr=\(result.authenticationContextClass) requests=\(outcome.requests)"
                    report.line("verified: \(outcome.name) \(summary)")
                    if index == 0 { lastLine = "\(outcome.service) verified: \(summary)" }
                case .failure(let error):
                    let reason = (error as? ItsmeError).map { "\($0.phase) \($0.code)" } ?? "\(error)"
                    if index == 0 {
                        lastLine = "\(outcome.service) refused: \(reason)"
                    } else {
                        report.line("refused: \(outcome.name): \(reason)")
                        if isVerified { lastLine = "not every run was verified" }
                    }
                    isVerified = false
                }
            }
            report.line(lastLine)
            return isVerified
        }

        private func tampered(_ transport: CurlTransport, _ keys: ClientKeys) -> any HTTPTransport {
            guard let tampering else { return transport }
            return TamperingTransport(tampering: tampering, keys: keys, base: transport, report: report)
        }

        private func serve(
            _ handler: LateHandler, _ body: @Sendable (_ port: Int) async throws -> Bool
        ) async throws -> Bool {
            let silent = Logger(label: "itsme.demo") { _ in SwiftLogNoOpLogHandler() }
            return try await HummingbirdServer.withServer(handler, logger: silent, body)
        }
    }
#endif
