import Foundation
import HTTPTypes
import ItsmeRP
import JOSE

/// Describes requests and answers without showing what is secret in them: tokens, codes, assertions, states and
/// verifiers appear by kind and length.
enum Shape {
    /// Parameters and members whose values everybody may see.
    private static let publicNames: Set<String> = [
        "approve", "client_assertion_type", "client_id", "code_challenge_method", "detail", "error",
        "error_description", "expires_in", "grant_type", "iss", "redirect_uri", "response_type", "scope",
        "token_type",
    ]

    /// The kind and length of a value: an encrypted token with its algorithms, a signed token, or just characters.
    static func value(_ text: String) -> String { token(text) ?? size(text) }

    private static func token(_ text: String) -> String? {
        if let header = try? JWE(text).header {
            return "encrypted token \(header.algorithm)/\(header.contentEncryption ?? "?"), \(size(text))"
        }
        if let header = try? JWS(text).header {
            return "signed token \(header.algorithm), \(size(text))"
        }
        return nil
    }

    /// Method and URL; the parameters of the query and the form, and the authorization, each by ``value(_:)``.
    static func request(_ request: HTTPRequest, body: [UInt8]) -> String {
        let target = request.path ?? "/"
        let mark = target.firstIndex(of: "?")
        let address = "\(request.scheme ?? "")://\(request.authority ?? "")\(target[..<(mark ?? target.endIndex)])"
        var parts: [String] = []
        if let mark { parts += parameters(target[target.index(after: mark)...]) }
        if request.headerFields[.contentType] == "application/x-www-form-urlencoded" {
            parts += parameters(Substring(decoding: body, as: UTF8.self))
        }
        if let words = request.headerFields[.authorization]?.split(separator: " ", maxSplits: 1), words.count == 2 {
            parts.append("Authorization: \(words[0]) <\(value(String(words[1])))>")
        }
        return block("\(request.method) \(address)", parts)
    }

    /// Status, media type and size; of a redirect where to; of a token answer or an error its members.
    static func reply(_ reply: HTTPReply) -> String {
        let status = "\(reply.response.status.code)"
        if let location = reply.response.headerFields[.location] {
            let mark = location.firstIndex(of: "?")
            let parts = mark.map { parameters(location[location.index(after: $0)...]) } ?? []
            return block("\(status) to \(location[..<(mark ?? location.endIndex)])", parts)
        }
        let media = reply.response.headerFields[.contentType] ?? "no media type"
        return block("\(status) \(media), \(reply.body.count) bytes", members(reply.body))
    }

    private static func block(_ first: String, _ more: [String]) -> String {
        ([first] + more).joined(separator: "\n         ")
    }

    private static func members(_ body: [UInt8]) -> [String] {
        if let token = String(validating: body, as: UTF8.self).flatMap(token) { return [token] }
        guard let json = try? JSON(parsing: body), json["id_token"] != nil || json["error"] != nil else { return [] }
        return (json.members ?? []).map { member in parameter(member.name, member.value.string ?? member.value.text) }
    }

    private static func parameters(_ query: Substring) -> [String] {
        query.split(separator: "&").map { pair in
            let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let text = halves.count == 2 ? String(halves[1]) : ""
            return parameter(String(halves[0]), text.replacing("+", with: " ").removingPercentEncoding ?? text)
        }
    }

    private static func parameter(_ name: String, _ text: String) -> String {
        publicNames.contains(name) ? "\(name)=\(text)" : "\(name)=<\(value(text))>"
    }

    private static func size(_ text: String) -> String { "\(text.utf8.count) characters" }
}
