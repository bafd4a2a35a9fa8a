import HTTPTypes
import JOSE

// A recorded request as a sentence.

extension RecordedRequest {
    /// Who called whom and what came of it, as a sentence for a developer, such as `The relying party asked for tokens:
    /// private_key_jwt, 14 checks passed.`
    public var title: String {
        var details: [String] = []
        if let refusal {
            details.append("refused by the rule \(refusal.rule.id)")
        } else {
            if let way { details.append(way) }
            if let failure { details.append("no answer (\(failure))") }
            if let outcome { details.append(outcome) }
            if !checks.isEmpty { details.append("\(checks.count) \(checks.count == 1 ? "check" : "checks") passed") }
        }
        if let fault { details.append("the answer has the fault \(fault.name)") }
        return details.isEmpty ? "\(subject)." : "\(subject): \(details.joined(separator: ", "))."
    }

    /// Who did what.
    private var subject: String {
        switch endpoint {
        case .discovery: "The relying party fetched the discovery document"
        case .jwkSet: "The relying party fetched the sandbox's JWK Set"
        case .authorization: "The browser brought an authorization request\(service.map { " for \($0)" } ?? "")"
        case .approval: deed == nil ? "A person answered on the sandbox's page" : done
        case .token:
            parameters["grant_type"] == TokenEndpoint.backchannelGrantType
                ? "The relying party asked whether the person has answered" : "The relying party asked for tokens"
        case .userInfo: "The relying party asked for the person's data (UserInfo)"
        case .picture: "The relying party fetched the picture of the person"
        case .revocation: "The relying party revoked a token"
        case .backchannelAuthentication:
            "The relying party asked for a person's approval over the backchannel\(service.map { " for \($0)" } ?? "")"
        case .userDiscovery:
            url.hasSuffix(SandboxEndpoints.Endpoint.userDiscovery.rawValue)
                ? "The relying party asked for a QR code" : "The relying party asked who scanned the QR code"
        case .phone: done
        case .clientJWKSet: "The sandbox fetched the client's JWK Set"
        case .requestURI: "The sandbox fetched the request object from the client"
        case .notification: "The sandbox pinged the client"
        case .unknown: "Somebody asked for a path where there is nothing"
        }
    }

    /// What the person did.
    private var done: String {
        guard let deed else { return "A person acted on the phone" }
        return switch deed.action {
        case .approved: "\(deed.name) approved"
        case .cancelled: "\(deed.name) cancelled"
        case .timedOut: "\(deed.name) did not answer in time"
        case .scanned: "\(deed.name) scanned the QR code"
        }
    }

    /// How the request came.
    private var way: String? {
        switch endpoint {
        case .authorization:
            if parameters["request_uri"] != nil { return "request object by reference" }
            return parameters["request"] == nil ? "plain parameters" : "request object by value"
        case .token, .backchannelAuthentication, .userDiscovery:
            if parameters["client_assertion"] != nil { return "private_key_jwt" }
            return parameters["client_secret"] == nil ? nil : "client_secret_post"
        default: return nil
        }
    }

    /// What came of it, if the status alone does not say it.
    private var outcome: String? {
        switch endpoint {
        case .authorization where deed != nil: "\(done) at once"
        case .authorization: "the person has to answer"
        case .token where !tokens.isEmpty: "tokens issued"
        case .token: answer?.body.text.flatMap { try? JSON(parsing: $0) }?["error"]?.string
        case .clientJWKSet, .requestURI, .notification: answer.map { "status \($0.status)" }
        default: nil
        }
    }
}
