#if Tool
    import HTTPTypes
    import ItsmeRP
    import ItsmeSandbox
    import JOSE
    import Synchronization

    /// The services of the demo shop: one of each kind.
    enum DemoService: String, CaseIterable, Sendable {
        case login
        case shareData = "share-data"
        case confirm

        /// The payment to confirm. The account is the usual Belgian example.
        private static let amount = 25
        private static let iban = "BE68 5390 0754 7034"

        /// The payment in words.
        static var payment: String { "\(amount) EUR to \(iban)" }

        /// The name in a sentence.
        var name: String {
            switch self {
            case .login: "login"
            case .shareData: "share data"
            case .confirm: "confirm"
            }
        }

        /// The link to what it brought.
        var resultTitle: String {
            switch self {
            case .login: "The login"
            case .shareData: "The shared data"
            case .confirm: "The payment"
            }
        }

        /// The registration of the service in the sandbox.
        var registration: ServiceRegistration {
            switch self {
            case .login: ServiceRegistration(code: "DEMO_LOGIN", kind: .login)
            case .shareData: ServiceRegistration(code: "DEMO_DATA", kind: .shareData)
            case .confirm: ServiceRegistration(code: "DEMO_CONFIRM", kind: .confirm)
            }
        }

        /// The service at itsme.
        var kind: ItsmeService.Kind {
            switch self {
            case .login: .login
            case .shareData: .shareData
            case .confirm: .confirm
            }
        }

        /// The action of the button.
        var action: ItsmeButton.Action {
            switch self {
            case .login: .login
            case .shareData: .shareData
            case .confirm: .confirm
            }
        }

        /// How strongly the person has to authenticate.
        var level: AuthenticationLevel {
            switch self {
            case .login, .shareData: .basic
            case .confirm: .advanced
            }
        }

        /// The claims that the shop asks for. All of them come in the ID token, but for those of the scopes.
        var claims: ClaimsRequest {
            switch self {
            case .login: [.name, .email, .birthdate]
            case .shareData: [.nationalNumber, .name, .birthdate, .citizenshipCode, .placeOfBirth]
            case .confirm: [.name, .ongoingCall]
            }
        }

        /// Groups of claims that come in UserInfo.
        var scopes: [Scope] { self == .shareData ? [.address, .phone] : [] }

        /// What the request asks, in words. Only itsme can read it in the request object.
        var question: String {
            let names = (claims.idToken + scopes.flatMap(\.claims)).map { $0.name.split(separator: "/").last ?? "" }
                .joined(separator: ", ")
            return switch self {
            case .login: "who is it? With \(names)"
            case .shareData: "who is it, and what of the person: \(names)?"
            case .confirm: "does the person who is logged in pay \(Self.payment)? With \(names)"
            }
        }

        /// Whether the shop reads UserInfo.
        var readsUserInfo: Bool { !scopes.isEmpty }

        /// The service for a request.
        ///
        /// - Parameter subject: The person who is logged in, whom only a confirmation needs.
        func request(subject: String?) throws -> ItsmeService {
            let code = registration.code
            switch self {
            case .login:
                return .login(code)
            case .shareData:
                return .shareData(code, .nationalNumber)
            case .confirm:
                let payment = try ConfirmationTemplate.payment(
                    amount: Self.amount, currency: .euro, iban: IBAN(Self.iban))
                return .confirm(code, payment, subject: subject)
            }
        }
    }
#endif
