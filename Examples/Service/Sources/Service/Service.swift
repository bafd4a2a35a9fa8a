import Configuration
import Hummingbird
import ItsmeConfig
import ItsmeHummingbird
import ItsmeLifecycle
import ItsmeRP
import Metrics
import MetricsTestKit

typealias Login = HummingbirdLogin<BasicItsmeRequestContext>

@main
struct Service {
    static func main() async throws {
        MetricsSystem.bootstrap(StreamMetricsFactory.standardOutput())  // In production: your metrics backend.
        let variables = ConfigReader(provider: EnvironmentVariablesProvider())
        let settings = try ItsmeSettings(variables)
        let itsme = try settings.makeClient()
        var application = try HummingbirdServer.application(
            router: router(login(settings, itsme)), port: variables.int(forKey: "http.port", default: 8082))
        application.addServices(try ItsmeClientService(itsme, settings: settings))
        try await application.runService()
    }

    static func login(_ settings: ItsmeSettings, _ itsme: ItsmeClient) throws -> Login {
        let confirmCode = try settings.serviceCode("confirm")
        return try Login(
            client: itsme, sealer: settings.sealer,
            services: [
                .init("login", .login(try settings.serviceCode("login")), claims: [.name]) { login, _ in
                    try login.signIn(values: ["name": login.idToken[.name]?.value ?? ""])
                },
                .init("data", .shareData(try settings.serviceCode("data"), .nationalNumber, .address)) { login, _ in
                    login.redirect()  // Store login.idToken[.address] in your database first.
                },
                .init("confirm", kind: .confirm) { start, _ in
                    guard let person = start.session else { throw HTTPError(.unauthorized) }
                    let payment = try ConfirmationTemplate.payment(
                        amount: 25, currency: .euro, iban: IBAN("BE68 5390 0754 7034"))
                    return try await start.authorizationRequest(
                        for: .confirm(confirmCode, payment, subject: person.subject))
                } onLogin: { login, _ in
                    login.redirect()
                },
            ],
            options: settings.options, published: ["/jwks.json": JWKSetEndpoint(settings.requiredKeys)])
    }

    static func router(_ login: Login) throws -> Router<BasicItsmeRequestContext> {
        let router = Router(context: BasicItsmeRequestContext.self)
        router.mount(login)
        router.get { _, _ in try Page(button: ItsmeButton(.login, locale: .english, href: "/account")) }
        router.group("account").add(middleware: try RequireLogin(login)).get { _, context in
            "Hello \(context.person?.values["name"] ?? "")"
        }
        return router
    }
}
