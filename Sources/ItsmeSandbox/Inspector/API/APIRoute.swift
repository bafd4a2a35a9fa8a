import HTTPTypes
import ItsmeRP
import JOSE
import WebFormats

/// One operation of the HTTP interface: a method and a path below `/sandbox/api`.
struct APIRoute: Sendable {
    let method: HTTPRequest.Method
    /// The path as documented; a segment in braces stands for any name.
    let path: String
    /// The members of the body that it takes.
    let members: Set<String>
    let run: @Sendable (APICall) async throws(APIError) -> HTTPReply

    init(
        _ method: HTTPRequest.Method, _ path: String, _ members: Set<String> = [],
        _ run: @escaping @Sendable (APICall) async throws(APIError) -> HTTPReply
    ) {
        self.method = method
        self.path = path
        self.members = members
        self.run = run
    }

    /// The name in the place of the braces, or an empty text if there are none; `nil` if `path` is not of this route.
    func name(in path: String) -> String? {
        let (pattern, given) = (self.path.split(separator: "/"), path.split(separator: "/"))
        guard pattern.count == given.count else { return nil }
        var name = ""
        for (expected, actual) in zip(pattern, given) {
            if expected.hasPrefix("{") {
                // In a path, a plus sign stands for itself.
                let bytes = Array(actual.replacing("+", with: "%2B").utf8)
                guard let decoded = FormEncoding.decodeComponent(bytes[...]) else { return nil }
                name = decoded
            } else if expected != actual {
                return nil
            }
        }
        return name
    }

    /// Every operation, in the order of SandboxHTTP.md of ItsmeRP.docc.
    static let all: [APIRoute] = state + people + faults + clock + records + registrations
}

/// A request for an operation.
struct APICall: Sendable {
    let core: SandboxCore
    /// The name in the path.
    let name: String
    /// The body; `nil` if there is none.
    let body: JSON?

    /// The string `member`; `nil` when it is absent or null.
    func string(_ member: String) throws(APIError) -> String? {
        guard let value = body?[member], !value.isNull else { return nil }
        guard let string = value.string else {
            throw .invalid("The member \(member) is not a string.", remedy: "Send a string.")
        }
        return string
    }

    /// The string `member`, which must be there.
    func requiredString(_ member: String) throws(APIError) -> String {
        guard let string = try string(member) else {
            throw .invalid("The member \(member) is missing.", remedy: "Send it as a string.")
        }
        return string
    }

    /// The number `member`; `nil` when it is absent or null.
    func number(_ member: String) throws(APIError) -> Double? {
        guard let value = body?[member], !value.isNull else { return nil }
        guard value.kind == .number, let number = value.double else {
            throw .invalid("The member \(member) is not a number.", remedy: "Send a number of seconds.")
        }
        return number
    }

    /// The boolean `member`; `nil` when it is absent or null.
    func bool(_ member: String) throws(APIError) -> Bool? {
        guard let value = body?[member], !value.isNull else { return nil }
        guard let bool = value.bool else {
            throw .invalid("The member \(member) is not true or false.", remedy: "Send true or false.")
        }
        return bool
    }

    /// The person and the behaviour that the body names; without a behaviour, the person approves.
    var choice: PersonChoice {
        get throws(APIError) {
            let id = try requiredString("persona")
            guard let persona = core.persona(id) else {
                throw APIError(
                    .unprocessableContent, "unknown_persona", "There is no persona of this name.",
                    remedy: "Send one of: \(core.personas.map(\.id).joined(separator: ", ")).")
            }
            guard let behaviour = try string("behaviour").map(SandboxBehaviour.init(rawValue:)) ?? .approves else {
                throw APIError(
                    .unprocessableContent, "unknown_behaviour", "There is no behaviour of this name.",
                    remedy: "Send one of: \(SandboxBehaviour.allCases.map(\.rawValue).joined(separator: ", ")).")
            }
            return PersonChoice(persona: persona, behaviour: behaviour)
        }
    }
}

/// Why an operation did nothing.
struct APIError: Error {
    let status: HTTPResponse.Status
    let code: String
    let problem: String
    /// What to do. Paths in it begin with `/sandbox/api`.
    let remedy: String
    var allow: String?

    init(_ status: HTTPResponse.Status, _ code: String, _ problem: String, remedy: String, allow: String? = nil) {
        self.status = status
        self.code = code
        self.problem = problem
        self.remedy = remedy
        self.allow = allow
    }

    /// A body that does not fit.
    static func invalid(_ problem: String, remedy: String) -> APIError {
        APIError(.badRequest, "invalid_request", problem, remedy: remedy)
    }

    /// A wrong registration.
    static func registration(_ error: SandboxConfigurationError) -> APIError {
        APIError(
            .unprocessableContent, "invalid_registration", "\(error.field): \(error.problem)", remedy: error.remedy)
    }

    /// The error as an answer. Where the remedy names a path, the answer has the whole URL.
    func reply(at endpoints: SandboxEndpoints) -> HTTPReply {
        let remedy = remedy.replacing(SandboxEndpoints.Endpoint.api.rawValue, with: endpoints.url(.api))
        return .json(
            ["error": .string(code), "detail": .string(problem), "remedy": .string(remedy)], status: status,
            fields: allow.map { [HTTPField(name: .allow, value: $0)] } ?? [])
    }
}

extension HTTPReply {
    /// An answer without content.
    static let done = HTTPReply(response: HTTPResponse(status: .noContent, headerFields: [.cacheControl: "no-store"]))
}
