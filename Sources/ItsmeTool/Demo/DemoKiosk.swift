#if Tool
    import HTTPTypes
    import ItsmeRP
    import ItsmeSandbox
    import JOSE
    import Synchronization

    /// A terminal in the shop, where people log in without a browser: they scan a QR code with the itsme app.
    ///
    /// The shop has one of them, and it serves one person at a time.
    final class DemoKiosk: Sendable {
        static let pingPath = "/key-pair/ping"

        /// How far the person at the terminal is.
        enum Stage: Sendable {
            case free
            /// The person should scan this.
            case showsCode(QRCodeImage)
            /// The person should look at the phone.
            case waitsForApproval
            case loggedIn(DemoPerson)
            case refused(any Error)
        }

        private struct State {
            var stage = Stage.free
            var visit: Task<Void, Never>?
        }

        let shop: DemoShop
        private let report: Report
        private let requests: BackchannelRequests
        private let state = Mutex(State())

        init(_ shop: DemoShop, report: Report) throws {
            self.shop = shop
            self.report = report
            // The requests end with the process, and so does their key.
            requests = BackchannelRequests(
                client: shop.client, store: InMemoryStateStore(),
                sealer: try Sealer(key: SymmetricKey(try RandomSource.system.bytes(32))))
        }

        var stage: Stage { state.withLock { $0.stage } }

        /// Whether a person has started, even if there is nothing to show yet.
        var isInUse: Bool { state.withLock { $0.visit != nil } }

        /// Starts anew, for the next person.
        func start(onEnd: @escaping @Sendable (Result<DemoPerson, any Error>) -> Void) {
            state.withLock { state in
                state.visit?.cancel()
                state.stage = .free
                state.visit = Task { onEnd(await self.logIn { _ in }) }
            }
        }

        /// Ends what the last person did.
        func leave() {
            state.withLock { state in
                state.visit?.cancel()
                state = State()
            }
        }

        /// Shows a QR code, finds who scans it, asks that person, and waits for the answer.
        ///
        /// - Parameter show: Called with each stage.
        @discardableResult
        func logIn(showing show: @Sendable (Stage) async -> Void) async -> Result<DemoPerson, any Error> {
            @Sendable func enter(_ stage: Stage) async {
                if Task.isCancelled { return }
                state.withLock { $0.stage = stage }
                await show(stage)
            }
            report.forgetChecks()
            do {
                let found = try await shop.client.discoverUser { session in
                    report.passed(
                        "QR code: \(session.qrCode.mediaType); the shop asks every \(session.interval.components.seconds) seconds who scanned it"
                    )
                    await enter(.showsCode(session.qrCode))
                }
                let service = DemoService.login
                let request = try await shop.client.backchannelAuthentication(
                    for: service.request(subject: nil), hint: .userIdentifierToken(found),
                    claims: service.claims, level: service.level, delivery: .ping)
                report.passed("backchannel request: signed with our key, for the person who scanned the code")
                try await requests.keep(request)
                await enter(.waitsForApproval)
                let tokens = try await requests.tokens(waitingFor: request.identifier)
                report.passed("ID token: decrypted, verified, and validated for this request")
                let person = try DemoPerson(idToken: tokens.idToken, userInfo: nil)
                await enter(.loggedIn(person))
                return .success(person)
            } catch {
                if !(error is CancellationError) { report.refused("\(error)") }
                await enter(.refused(error))
                return .failure(error)
            }
        }

        /// Takes itsme's ping: the person answered. The library then polls without waiting for the interval.
        var pings: BackchannelNotificationEndpoint {
            BackchannelNotificationEndpoint(requests) { [report] _ in
                report.passed("ping: itsme's bearer token is the one of this request")
            }
        }
    }
#endif
