import HTTPTypes
import WebFormats

/// One challenge of `WWW-Authenticate` (RFC 9110 §11.6.1).
struct AuthenticationChallenge {
    /// The scheme as it was written; compare with ``isToken(_:)``.
    let scheme: String

    /// Names in small letters. Of a name that comes twice, the first value counts.
    private(set) var parameters: [String: String] = [:]

    /// All challenges of an answer: a field may hold several, and there may be several fields.
    ///
    /// What cannot be read ends the reading of its field, and leaves what was read before.
    static func all(of reply: HTTPReply) -> [AuthenticationChallenge] {
        reply.response.headerFields.filter { $0.name == .wwwAuthenticate }.flatMap { read($0.value) }
    }

    private static func read(_ value: String) -> [AuthenticationChallenge] {
        var challenges: [AuthenticationChallenge] = []
        var reader = FieldReader(value)
        reader.skipToMember()
        while let name = reader.token() {
            if let value = reader.parameterValue() {
                // A parameter belongs to the scheme before it.
                guard let last = challenges.indices.last else { break }
                challenges[last].parameters.merge([name.lowercased(): value]) { first, _ in first }
                reader.skipToMember()
            } else {
                challenges.append(AuthenticationChallenge(scheme: name))
                // A scheme ends with a space, a comma or the field.
                if reader.isAtSpace {
                    reader.skipSpaces()
                    reader.skipToken68()
                }
                reader.skipToMember()
            }
        }
        return challenges
    }
}
