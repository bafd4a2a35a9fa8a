import HTTPTypes
import ItsmeRP
import JOSE

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

// Operations on what the sandbox does next.

extension APIRoute {
    static let state: [APIRoute] = [
        APIRoute(.get, "/") { call in .json(call.state) },
        APIRoute(.post, "/reset") { call in
            await call.core.reset()
            return .done
        },
    ]

    static let people: [APIRoute] = [
        APIRoute(.get, "/personas") { call in .json(["personas": call.personas]) },
        APIRoute(.get, "/answers") { call in .json(["answers": .array(call.core.answers.waiting.map(\.json))]) },
        APIRoute(.post, "/answers", ["persona", "behaviour", "client_id"]) { call throws(APIError) in
            let answer = QueuedAnswer(choice: try call.choice, clientID: try call.string("client_id"))
            call.core.answers.append(answer)
            return .json(answer.json, status: .created)
        },
        APIRoute(.delete, "/answers") { call in
            call.core.answers.removeAll()
            return .done
        },
        APIRoute(.get, "/phone") { call in .json(call.phone) },
        APIRoute(.post, "/phone/scan", ["persona", "behaviour", "id"]) { call throws(APIError) in
            let choice = try call.choice
            let waiting = call.core.backchannel.waitingSessions(now: call.core.now)
            let code = try call.waiting(waiting, \.handle, "QR code")
            guard Phone(core: call.core).scan(code.handle, as: choice) else {
                throw .nothingWaits("QR code")
            }
            return .done
        },
        APIRoute(.post, "/phone/answer", ["approve", "id"]) { call throws(APIError) in
            let approves = try call.bool("approve") ?? true
            let waiting = call.core.backchannel.waitingRequests(now: call.core.now)
            let request = try call.waiting(waiting, \.handle, "backchannel request")
            guard await Phone(core: call.core).answer(request.handle, approving: approves) else {
                throw APIError(
                    .conflict, "no_answer", "The person does not answer.",
                    remedy: "Let the request expire, or start one for another person.")
            }
            return .done
        },
    ]

    static let faults: [APIRoute] = [
        APIRoute(.get, "/faults") { call in
            .json([
                "pending": .array(call.core.faults.waiting.map { .string($0.name) }),
                "known": .array(SandboxFault.all.map(\.json)),
            ])
        },
        APIRoute(.post, "/faults", ["name"]) { call throws(APIError) in
            guard let fault = SandboxFault(named: try call.requiredString("name")) else { throw .unknownFault }
            call.core.faults.append(fault)
            return .json(fault.json, status: .created)
        },
        APIRoute(.delete, "/faults") { call in
            call.core.faults.removeAll()
            return .done
        },
        APIRoute(.delete, "/faults/{name}") { call throws(APIError) in
            guard call.core.faults.remove(named: call.name) else { throw .unknownFault }
            return .done
        },
    ]

    static let clock: [APIRoute] = [
        APIRoute(.get, "/clock") { call in .json(call.clock) },
        APIRoute(.put, "/clock", ["now"]) { call throws(APIError) in
            guard let time = try call.number("now") else {
                throw .invalid("The member now is missing.", remedy: "Send seconds since 1970.")
            }
            guard call.core.clock.set(to: time) else { throw .timeOutOfRange }
            return .json(call.clock)
        },
        APIRoute(.post, "/clock", ["advance"]) { call throws(APIError) in
            guard let seconds = try call.number("advance") else {
                throw .invalid(
                    "The member advance is missing.", remedy: "Send a number of seconds, negative to go back.")
            }
            guard call.core.clock.advance(by: seconds) else { throw .timeOutOfRange }
            return .json(call.clock)
        },
        APIRoute(.delete, "/clock") { call in
            call.core.clock.reset()
            return .json(call.clock)
        },
    ]
}

extension APIError {
    fileprivate static let unknownFault = APIError(
        .notFound, "unknown_fault", "There is no fault of this name, or none of this name waits.",
        remedy: "Look at GET /sandbox/api/faults for the names.")

    fileprivate static let timeOutOfRange = APIError.invalid(
        "The clock would show a time outside the years 1970 to 9999.", remedy: "Send another time, in seconds.")

    fileprivate static func nothingWaits(_ kind: String) -> APIError {
        APIError(
            .conflict, "nothing_waits", "No \(kind) waits.",
            remedy: "Start one first, or look at GET /sandbox/api/phone for what waits.")
    }
}

extension APICall {
    /// What waits under the given `id`, or the newest of all.
    fileprivate func waiting<Value>(
        _ values: [Value], _ handle: KeyPath<Value, String>, _ kind: String
    ) throws(APIError) -> Value {
        let id = try string("id")
        guard let value = id == nil ? values.last : values.first(where: { $0[keyPath: handle] == id }) else {
            throw .nothingWaits(kind)
        }
        return value
    }

    fileprivate var state: JSONValue {
        [
            "issuer": .string(core.endpoints.issuer),
            "profile": .string(core.profile.profile == .v1 ? "v1" : "v2"),
            "clock": clock,
            "clients": .array(core.clientIDs.map(JSONValue.string)),
            "personas": personas,
            "behaviours": .array(SandboxBehaviour.allCases.map { .string($0.rawValue) }),
            "answers": .array(core.answers.waiting.map(\.json)),
            "faults": .array(core.faults.waiting.map { .string($0.name) }),
            "operations": .array(APIRoute.all.map { .string("\($0.method.rawValue) \($0.path)") }),
        ]
    }

    fileprivate var personas: JSONValue {
        .array(core.personas.map { ["id": .string($0.id), "title": .string($0.title)] })
    }

    fileprivate var clock: JSONValue {
        let now = core.now
        return [
            "now": .integer(core.nowInSeconds), "date": .string(Date(timeIntervalSince1970: now).ISO8601Format()),
            "offset": .integer(Int64(exactly: core.clock.offset.rounded()) ?? 0),
        ]
    }

    fileprivate var phone: JSONValue {
        let codes = core.backchannel.waitingSessions(now: core.now)
        let requests = core.backchannel.waitingRequests(now: core.now)
        return [
            "qr_codes": .array(codes.map { ["id": .string($0.handle), "client_id": .string($0.clientID)] }),
            "requests": .array(
                requests.map {
                    [
                        "id": .string($0.handle), "client_id": .string($0.request.client.clientID),
                        "service": .string($0.request.service.code), "persona": .string($0.request.person.id),
                    ]
                }),
        ]
    }
}

extension SandboxFault {
    fileprivate var json: JSONValue {
        [
            "name": .string(name), "place": .string(place.rawValue), "explanation": .string(explanation),
            "tolerable": .bool(isTolerable),
        ]
    }
}
