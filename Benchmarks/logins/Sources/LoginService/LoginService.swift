import Configuration
import Hummingbird
import ItsmeConfig
import ItsmeHummingbird
import ItsmeLifecycle
import ItsmeRP
import Metrics
import MetricsTestKit
import Synchronization

typealias Login = HummingbirdLogin<BasicItsmeRequestContext>

/// The login of `Examples/Service`, except that the claims are in UserInfo. It can also hold backchannel requests that wait
/// for the person.
@main
struct LoginService {
    static func main() async throws {
        MetricsSystem.bootstrap(StreamMetricsFactory.standardOutput())
        let variables = ConfigReader(provider: EnvironmentVariablesProvider())
        let settings = try ItsmeSettings(variables)
        let itsme = try settings.makeClient()
        let service = ItsmeService.login(try settings.serviceCode("login"))
        let login = try Login(
            client: itsme, sealer: settings.sealer,
            services: [
                .init("login", service, scopes: [.profile]) { login, _ in
                    try login.signIn(values: ["name": try await login.userInfo()[.givenName]?.value ?? ""])
                }
            ],
            options: settings.options, published: settings.published())
        let router = Router(context: BasicItsmeRequestContext.self)
        router.mount(login)
        let account = router.group("account").add(middleware: try RequireLogin(login))
        account.get { _, context in "Hello \(context.person?.values["name"] ?? "")" }
        let kept = Mutex<[BackchannelRequest]>([])
        account.get("backchannel/:how") { _, context in
            // One more request for this person, who does not answer.
            let request = try await itsme.backchannelAuthentication(
                for: service, hint: .subject(context.person?.subject ?? ""), requestedExpiry: .seconds(600))
            if context.parameters.get("how") == "polled" {
                Task { _ = try await itsme.backchannelTokens(waitingFor: request) }
            } else {
                kept.withLock { $0.append(request) }
            }
            return "waiting"
        }
        var application = try HummingbirdServer.application(
            router: router, host: "127.0.0.1", port: variables.int(forKey: "http.port", default: 8082))
        application.addServices(try ItsmeClientService(itsme, keyFile: settings.keyFile))
        try await application.runService()
    }
}
