import Configuration
import Hummingbird
import ItsmeConfig
import ItsmeHummingbird
import ItsmeLifecycle
import ItsmeRP
import Metrics
import MetricsTestKit

typealias Login = HummingbirdLogin<BasicItsmeRequestContext>

/// Login, Share data, Confirm and a kiosk. What a deployment changes is in environment variables.
@main
struct Service {
    static func main() async {
        await exitingOnError {
            MetricsSystem.bootstrap(StreamMetricsFactory.standardOutput())  // In production: your metrics backend.
            let variables = ConfigReader(provider: EnvironmentVariablesProvider())
            let storeURL = variables.string(forKey: "store.url", isSecret: true)
            let store = try makeStore(storeURL)
            var settings = try ItsmeSettings(variables, requestObjectStore: store)
            // Without the variable, used logins have a memory of their own, which no other value can fill.
            if storeURL != nil { settings.client.replayGuard = store }
            let itsme = try settings.makeClient()
            var application = try HummingbirdServer.application(
                router: router(settings, itsme, store),
                host: variables.string(forKey: "http.host", default: "127.0.0.1"),
                port: variables.int(forKey: "http.port", default: 8082))
            let interval = Duration.seconds(variables.int(forKey: "key.interval", default: 60))
            application.addServices(try ItsmeClientService(itsme, keyFile: settings.keyFile, interval: interval))
            try await application.runService()
        }
    }

    static func login(
        _ settings: ItsmeSettings, _ itsme: ItsmeClient, _ store: any StateStore, _ requests: BackchannelRequests
    ) throws -> Login {
        let confirmCode = try settings.serviceCode("confirm")
        let services: [Login.Service] = [
            .init("login", .login(try settings.serviceCode("login")), claims: [.givenName]) { login, _ in
                try login.signIn(values: ["name": login.idToken[.givenName]?.value ?? ""])
            },
            .init("data", after: "login", .shareData(try settings.serviceCode("data"), .address)) { login, _ in
                login.redirect()  // First store login.idToken[.address] in your database.
            },
            .init("confirm", after: "login", kind: .confirm) { start, _ in
                let payment = try ConfirmationTemplate.payment(
                    amount: 25, currency: .euro, iban: IBAN("BE68 5390 0754 7034"))
                return try await start.authorizationRequest(
                    for: .confirm(confirmCode, payment, subject: start.session?.subject))
            } onLogin: { login, _ in
                login.redirect()  // First mark the payment as confirmed in your database.
            },
        ]
        var published = try settings.published()
        published["/itsme/ping"] = BackchannelNotificationEndpoint(requests)
        published["/itsme/request/*"] = RequestObjectEndpoint(store)
        return try Login(
            client: itsme, sealer: settings.sealer, services: services, options: settings.options, published: published)
    }

    static func router(
        _ settings: ItsmeSettings, _ itsme: ItsmeClient, _ store: any StateStore
    ) throws -> Router<BasicItsmeRequestContext> {
        let requests = BackchannelRequests(client: itsme, store: store, sealer: settings.sealer)
        let login = try login(settings, itsme, store, requests)
        let kiosk = Kiosk(
            itsme: itsme, service: .login(try settings.serviceCode("login")), requests: requests,
            sessions: login.sessions, cookie: try SealedCookie("kiosk", client: itsme, sealer: settings.sealer))
        let router = Router(context: BasicItsmeRequestContext.self)
        router.mount(login)
        router.get("ready") { _, _ in itsme.health().isReady ? HTTPResponse.Status.ok : .serviceUnavailable }
        router.get { request, _ in try Page.home(login, person: login.person(of: request)) }
        router.get("kiosk") { request, context in
            try await kiosk.page(request, context).response(from: request, context: context)
        }
        router.group("account").add(middleware: try RequireLogin(login)).get { _, context in
            "Hello \(context.person?.values["name"] ?? "")"
        }
        return router
    }
}
