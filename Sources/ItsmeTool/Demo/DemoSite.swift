#if Tool
    import HTTPTypes
    import ItsmeRP
    import ItsmeSandbox
    import WebFormats

    /// The shop's web site: its pages, and the library's endpoints of both registrations.
    struct DemoSite: HTTPHandler {
        let shops: [DemoShop]
        let kiosk: DemoKiosk
        let sandbox: Sandbox
        let trial: DemoTrial
        let report: Report

        /// The buttons of itsme, by registration and service.
        let buttons: [DemoRegistration: [DemoService: ItsmeButton]]
        /// The library's endpoints.
        private let library: HTTPRouter

        init(
            _ shops: [DemoShop], kiosk: DemoKiosk, sandbox: Sandbox, trial: DemoTrial, keys: ClientKeys, report: Report
        ) throws {
            self.shops = shops
            self.kiosk = kiosk
            self.sandbox = sandbox
            self.trial = trial
            self.report = report
            var library: [String: any HTTPHandler] = [
                DemoRegistration.jwkSetPath: try JWKSetEndpoint(keys), DemoKiosk.pingPath: kiosk.pings,
            ]
            var buttons: [DemoRegistration: [DemoService: ItsmeButton]] = [:]
            for shop in shops {
                library.merge(shop.endpoints.routes) { first, _ in first }
                for service in DemoService.allCases {
                    buttons[shop.registration, default: [:]][service] = try ItsmeButton(
                        service.action, locale: .english, href: shop.startURL(of: service))
                }
            }
            self.buttons = buttons
            self.library = HTTPRouter(library)
        }

        func respond(to request: HTTPRequest, body: [UInt8]) async -> HTTPReply {
            let path = request.path?.split(separator: "?").first.map(String.init) ?? "/"
            switch (request.method, path) {
            case (.get, "/"): return home(request).reply(sandbox)
            case (.get, "/kiosk"): return kioskPage.reply(sandbox)
            case (.post, "/kiosk"): return useKiosk()
            case (.get, "/faults"): return faultsPage.reply(sandbox)
            case (.post, "/faults"):
                let name = FormEncoding.decode(body).first { $0.name == "fault" }?.value
                guard let fault = name.flatMap(SandboxFault.init(named:)) else { return .redirect(to: "/faults") }
                return await tryOut(fault)
            case (.get, "/fault"):
                // A document that was altered must not stay in the cache.
                if let place = trial.fault?.place, place == .discovery || place == .jwkSet {
                    _ = try? await kiosk.shop.client.refreshProvider()
                }
                return faultPage?.reply(sandbox) ?? .redirect(to: "/faults")
            case (.get, "/fault/person"): return pageOfTheRefusal ?? .redirect(to: "/faults")
            default: break
            }
            for shop in shops {
                for service in DemoService.allCases where path == shop.registration.resultPath(of: service) {
                    let person = shop.person(of: request, service)
                    return person.map { resultPage($0, shop, service).reply(sandbox) } ?? .redirect(to: "/")
                }
            }
            return await library.respond(to: request, body: body)
        }

        private func useKiosk() -> HTTPReply {
            kiosk.start { [trial] result in
                switch result {
                case .success: _ = trial.end(.accepted)
                case .failure(let error): _ = trial.end(.refused(error, page: nil))
                }
            }
            return .redirect(to: "/kiosk")
        }

        /// Lets a fault alter the next answer of its place, and goes to where that answer is asked for.
        private func tryOut(_ fault: SandboxFault) async -> HTTPReply {
            trial.begin(fault)
            report.forgetChecks()
            switch fault.place {
            case .discovery, .jwkSet:
                do {
                    try await kiosk.shop.client.refreshProvider()
                } catch {
                    report.refused("\(error)")
                    _ = trial.end(.refused(error, page: nil))
                    return .redirect(to: "/fault")
                }
                fallthrough
            case .callback, .token:
                return .redirect(to: kiosk.shop.registration.startPath(of: .login) + "?target=/fault")
            case .userInfo: return .redirect(to: kiosk.shop.registration.startPath(of: .shareData) + "?target=/fault")
            case .userDiscovery, .backchannelAuthentication, .poll, .notification: return useKiosk()
            }
        }

        /// What the person at the browser got, in the frame of the page that explains it.
        private var pageOfTheRefusal: HTTPReply? {
            guard case .refused(_, var page?) = trial.outcome else { return nil }
            let policy = page.response.headerFields[.contentSecurityPolicy]
            page.response.headerFields[.contentSecurityPolicy] = policy?.replacing(
                "frame-ancestors 'none'", with: "frame-ancestors 'self'")
            return page
        }
    }

    extension HTTPReply {
        /// A redirect that the browser follows with GET.
        static func redirect(to location: String) -> HTTPReply {
            HTTPReply(response: HTTPResponse(status: .seeOther, headerFields: [.location: location]))
        }
    }
#endif
