import HTTPTypes
import ItsmeRP
import JOSE

/// The shop under one registration at itsme: the library's endpoints around the shop's own part.
struct DemoRelyingParty: Sendable {
    let application: DemoApplication
    /// Start and callback of all three services.
    let endpoints: LoginEndpoints

    var registration: DemoRegistration { application.registration }

    init(_ application: DemoApplication) throws {
        self.application = application
        endpoints = try LoginEndpoints(
            client: application.client,
            sealer: TransactionSealer(key: SymmetricKey(RandomSource.system.bytes(32))),
            startPath: application.registration.startPath,
            defaultTarget: PostLoginTarget(application.registration.resultPath(of: .login)),
            authorize: application.authorize, onLogin: application.answer, onFailure: application.answer)
    }

    /// Where a person starts to reach the page of a service.
    func startURL(of service: DemoService) throws -> String {
        try endpoints.startURL(target: PostLoginTarget(registration.resultPath(of: service)), locale: .english)
    }
}
