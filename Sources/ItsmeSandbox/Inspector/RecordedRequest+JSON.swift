import HTTPTypes
import ItsmeRP
public import JOSE

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

// Recorded requests and sessions as JSON. SandboxHTTP.md of ItsmeRP.docc lists the members.

extension SandboxSession {
    /// The session as JSON, codes, tokens and personal data of invented people included.
    public var json: JSONValue {
        var json = summary
        json["requests"] = .array(exchanges.map(\.json))
        return json
    }

    /// The session without its requests.
    var summary: JSONValue {
        [
            "id": .string(id), "client_id": JSONValue(optional: clientID), "service": JSONValue(optional: service),
            "state": .string(state.rawValue), "finished": .bool(isFinished),
            "started_at": .string(startedAt.ISO8601Format()), "title": .string(title),
        ]
    }
}

extension RecordedRequest {
    /// The request and its answer as JSON, codes, tokens and personal data of invented people included.
    public var json: JSONValue {
        var json: JSONValue = [
            "id": .integer(Int64(id)), "session": JSONValue(optional: sessionID),
            "endpoint": .string(endpoint.rawValue),
            "caller": .string(caller.rawValue), "title": .string(title),
            "started_at": .string(startedAt.ISO8601Format()), "milliseconds": .integer(milliseconds),
            "client_id": JSONValue(optional: clientID), "service": JSONValue(optional: service),
        ]
        if endpoint != .phone { json["request"] = request }
        json["request_object"] = requestObject?.json ?? .null
        json["client_assertion"] = clientAssertion?.json ?? .null
        json["person"] = deed?.json ?? .null
        json["answer"] = answer?.json ?? .null
        json["failure"] = JSONValue(optional: failure)
        json["checks"] = .array(checks.map(\.json))
        json["tokens"] = .array(tokens.map(\.json))
        json["fault"] = JSONValue(optional: fault?.name)
        return json
    }

    private var milliseconds: Int64 {
        let parts = duration.components
        return parts.seconds.multipliedReportingOverflow(by: 1000).partialValue
            &+ parts.attoseconds / 1_000_000_000_000_000
    }

    private var request: JSONValue {
        var json: JSONValue = [
            "method": .string(method.rawValue), "url": .string(url), "headers": headerFields.json,
        ]
        json["parameters"] = .object(
            parameters.sorted { $0.key < $1.key }.map { JSONValue.Member(name: $0.key, value: .string($0.value)) })
        json["body"] = body.json
        return json
    }
}

extension RecordedRequest.Body {
    var json: JSONValue { ["text": JSONValue(optional: text), "size": .integer(Int64(size)), "cut": .bool(isCut)] }
}

extension RecordedRequest.Answer {
    var json: JSONValue { ["status": .integer(Int64(status)), "headers": headerFields.json, "body": body.json] }
}

extension RecordedRequest.Deed {
    var json: JSONValue {
        ["persona": JSONValue(optional: persona), "name": .string(name), "action": .string(action.rawValue)]
    }
}

extension RecordedRequest.Check {
    var json: JSONValue {
        guard let refusal else {
            return ["rule": .string(rule.id), "passed": true, "requirement": .string(rule.requirement)]
        }
        var json = refusal.json
        json["passed"] = false
        return json
    }
}

extension RecordedToken {
    var json: JSONValue {
        ["kind": .string(kind.rawValue), "headers": .array(headers), "claims": claims?.value ?? .null]
    }
}

extension SandboxRefusal {
    /// The refusal as JSON.
    var json: JSONValue {
        [
            "rule": .string(rule.id), "error": .string(rule.error), "requirement": .string(rule.requirement),
            "explanation": .string(explanation), "remedy": .string(rule.remedy),
            "client_id": JSONValue(optional: clientID), "status": status.map { .integer(Int64($0)) } ?? .null,
            "sent": Self.json(sent), "expected": Self.json(expected),
        ]
    }

    private static func json(_ values: [Value]) -> JSONValue {
        .array(values.map { ["name": .string($0.name), "text": .string($0.text)] })
    }
}

extension HTTPFields {
    /// Names and values in their order; a name may occur more than once.
    fileprivate var json: JSONValue {
        .array(map { ["name": .string($0.name.rawName), "value": .string($0.value)] })
    }
}

extension JSONValue {
    /// A string, or `null`.
    init(optional text: String?) { self = text.map(JSONValue.string) ?? .null }

    /// The JSON text with a member or an element in each line, for people.
    var indentedText: String { indented("") }

    private func indented(_ margin: String) -> String {
        let inner = margin + "  "
        switch self {
        case .array(let elements) where !elements.isEmpty:
            return "[\n" + elements.map { inner + $0.indented(inner) }.joined(separator: ",\n") + "\n\(margin)]"
        case .object(let members) where !members.isEmpty:
            let lines = members.map {
                "\(inner)\(JSONValue.string($0.name).serializedString()): \($0.value.indented(inner))"
            }
            return "{\n" + lines.joined(separator: ",\n") + "\n\(margin)}"
        default:
            return serializedString()
        }
    }
}
