import HTTPTypes
import ItsmeRP
import JOSE

// Operations on what was recorded and on the registrations.

extension APIRoute {
    static let records: [APIRoute] = [
        APIRoute(.get, "/sessions") { call in
            .json(["sessions": .array(call.core.recorder.sessions.map(\.summary))])
        },
        APIRoute(.get, "/sessions/{id}") { call throws(APIError) in
            guard let session = call.core.recorder.session(call.name) else {
                throw APIError(
                    .notFound, "unknown_session", "There is no session of this number, or it is no longer kept.",
                    remedy: "Look at GET /sandbox/api/sessions.")
            }
            return .json(session.json)
        },
        APIRoute(.get, "/requests") { call in
            .json(["requests": .array(call.core.recorder.requests.map(\.json))])
        },
        APIRoute(.delete, "/requests") { call in
            call.core.recorder.forget()
            return .done
        },
        APIRoute(.get, "/refusals") { call in
            .json(["refusals": .array(call.core.state.refusals.map(\.json))])
        },
        APIRoute(.delete, "/refusals") { call in
            call.core.state.forgetRefusals()
            return .done
        },
    ]

    static let registrations: [APIRoute] = [
        APIRoute(.get, "/clients") { call throws(APIError) in
            var clients: [JSONValue] = []
            for client in call.core.registeredClients { clients.append(try client.answer) }
            return .json(["clients": .array(clients)])
        },
        APIRoute(.get, "/clients/{client_id}") { call throws(APIError) in
            guard let client = call.core.client(call.name) else { throw .unknownClient }
            return .json(try client.answer)
        },
        APIRoute(.put, "/clients/{client_id}", ["*"]) { call throws(APIError) in
            guard let body = call.body else {
                throw .invalid("There is no body.", remedy: "Send the registration as in a registration file.")
            }
            let isNew = call.core.client(call.name) == nil
            let client: ClientRegistration
            do throws(SandboxConfigurationError) {
                client = try ClientRegistration(body)
                guard client.clientID == call.name else {
                    throw SandboxConfigurationError(
                        "client_id", "It is not the one in the path.", remedy: "Make them the same.")
                }
                try call.core.register(client)
            } catch {
                throw .registration(error)
            }
            return .json(try client.answer, status: isNew ? .created : .ok)
        },
        APIRoute(.delete, "/clients/{client_id}") { call throws(APIError) in
            guard call.core.removeClient(call.name) else { throw .unknownClient }
            return .done
        },
        APIRoute(.delete, "/client-keys") { call in
            await call.core.clientKeys.forgetAll()
            return .done
        },
        APIRoute(.post, "/keys") { call throws(APIError) in
            do throws(SandboxConfigurationError) {
                try call.core.rotateKeys()
            } catch {
                throw .keysNotMade
            }
            return .done
        },
    ]
}

extension APIError {
    fileprivate static let unknownClient = APIError(
        .notFound, "unknown_client", "No client is registered with this client id.",
        remedy: "Look at GET /sandbox/api/clients, or register it by PUT.")

    fileprivate static let unwritable = APIError(
        .internalServerError, "sandbox_failure", "The registration could not be written as JSON.",
        remedy: "Register the client again.")

    fileprivate static let keysNotMade = APIError(
        .internalServerError, "sandbox_failure", "New keys could not be made.", remedy: "Try again.")
}

extension ClientRegistration {
    /// The registration as JSON. Whoever reads it can already do everything here, so it holds the client secret.
    fileprivate var answer: JSONValue {
        get throws(APIError) {
            do {
                return try json()
            } catch {
                throw .unwritable
            }
        }
    }
}
