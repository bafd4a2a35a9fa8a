import HTTPTypes
import ItsmeRP
import JOSE

/// The revocation endpoint (RFC 7009), for clients with a secret: Basic authentication, 200 also for unknown tokens.
struct RevocationEndpoint {
    let core: SandboxCore

    func respond(to request: HTTPRequest, body: [UInt8]) -> HTTPReply {
        do throws(SandboxRefusal) {
            let form = try TokenEndpoint.form(request, body)
            let client = try client(request.headerFields)
            guard let token = form["token"] else {
                throw SandboxRefusal(.revocationTokenMissing, clientID: client.clientID)
            }
            core.state.revoke(token, clientID: client.clientID)
            return .bytes([], type: "application/json", fields: [HTTPField(name: .cacheControl, value: "no-store")])
        } catch {
            var reply = TokenEndpoint.refuse(error, core: core, request, body)
            if reply.response.status == .unauthorized { reply.response.headerFields[.wwwAuthenticate] = "Basic" }
            return reply
        }
    }

    private func client(_ fields: HTTPFields) throws(SandboxRefusal) -> ClientRegistration {
        guard let header = fields[.authorization], header.lowercased().hasPrefix("basic "),
            let bytes = Self.base64Decoded(header.dropFirst("basic ".count)),
            let credentials = String(validating: bytes, as: UTF8.self)
        else { throw SandboxRefusal(.authenticationMissing) }
        let parts = credentials.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let clientID = Self.formDecoded(parts[0]), let given = Self.formDecoded(parts[1]),
            let client = core.client(clientID)
        else { throw SandboxRefusal(.clientUnknown) }
        guard let secret = client.secret else { throw SandboxRefusal(.revocationNotOffered, clientID: clientID) }
        guard secret.matches(given) else { throw SandboxRefusal(.secretWrong, clientID: clientID) }
        return client
    }

    /// Base64 with the alphabet of RFC 4648 section 4, padding optional.
    private static func base64Decoded(_ text: Substring) -> [UInt8]? {
        let digits = text.prefix { $0 != "=" }
        guard text.dropFirst(digits.count).count <= 2, !digits.contains("-"), !digits.contains("_") else { return nil }
        return try? Base64URL.decode(String(digits.map { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 }))
    }

    /// Both parts are form-encoded first (RFC 6749 section 2.3.1).
    private static func formDecoded(_ text: Substring) -> String? {
        guard !text.contains("&"), !text.contains("=") else { return String(text) }
        return (try? FormParameters(Array("value=\(text)".utf8)))?["value"]
    }
}
