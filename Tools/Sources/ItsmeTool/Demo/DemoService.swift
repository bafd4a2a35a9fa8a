import ItsmeRP
import ItsmeSandbox

/// What the demo's shop does with itsme: one of each kind of service.
enum DemoService: String, CaseIterable, Sendable {
    case login
    case shareData = "share-data"
    case confirm

    /// The payment to confirm; the account is the usual Belgian example.
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

    /// What itsme knows of the service.
    var registration: ServiceRegistration {
        switch self {
        case .login: ServiceRegistration(code: "DEMO_LOGIN", kind: .login)
        case .shareData: ServiceRegistration(code: "DEMO_DATA", kind: .shareData)
        case .confirm: ServiceRegistration(code: "DEMO_CONFIRM", kind: .confirm)
        }
    }

    /// What the button says.
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

    /// The claims that the shop asks for. A confirmation has all of them in the ID token, so there is no need for UserInfo.
    var claims: ClaimsRequest {
        switch self {
        case .login: ClaimsRequest(userInfo: [.name, .email, .birthdate])
        case .shareData:
            ClaimsRequest(userInfo: [.nationalNumber, .name, .birthdate, .address, .phoneNumber, .citizenship])
        case .confirm: ClaimsRequest(idToken: [.name, .ongoingCall])
        }
    }

    /// What the request object holds, which nobody but itsme can read on its way.
    var question: String {
        let names = (claims.userInfo + claims.idToken).map { DemoResult.label($0.name) }.joined(separator: ", ")
        return switch self {
        case .login: "who is it? With \(names)"
        case .shareData: "who is it, and what of the person: \(names)?"
        case .confirm: "does the person who is logged in pay \(Self.payment)? With \(names)"
        }
    }

    /// Whether the shop reads UserInfo.
    var readsUserInfo: Bool { self != .confirm }

    /// The service as it is asked for.
    ///
    /// - Parameter subject: Who is logged in; nil for nobody.
    /// - Throws: ``DemoRefusal/nobodyLoggedIn`` when there has to be somebody.
    func request(subject: String?) throws -> ItsmeService {
        let code = registration.code
        switch self {
        case .login:
            return .login(code)
        case .shareData:
            return .shareData(code, .nationalNumber)
        case .confirm:
            guard let subject else { throw DemoRefusal.nobodyLoggedIn }
            let payment = try ConfirmationTemplate.payment(amount: Self.amount, currency: "EUR", iban: Self.iban)
            return .confirm(code, payment, subject: subject)
        }
    }
}

/// What the shop itself refuses, beyond what the library refuses.
enum DemoRefusal: String, Error, CustomStringConvertible {
    case nobodyLoggedIn = "nobody is logged in who could confirm"
    case anotherPerson = "somebody else confirmed than the person who was asked"

    var description: String { rawValue }
}
