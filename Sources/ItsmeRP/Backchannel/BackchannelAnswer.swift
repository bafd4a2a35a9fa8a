import HTTPTypes
import JOSE

/// A successful answer of user discovery or of the backchannel authentication endpoint.
struct BackchannelAnswer {
    let json: JSON
    private let phase: ItsmeError.Phase

    /// - Throws: ``ItsmeError`` `backchannel_refused` for an error of itsme, `backchannel_response_malformed` for
    ///   anything but a JSON object.
    init(_ reply: HTTPReply, to client: ItsmeClient, phase: ItsmeError.Phase) throws(ItsmeError) {
        guard reply.response.status == .ok else {
            throw client.refusal(.backchannelRefused, reply, phase: phase)
        }
        try HTTPClient.checkMediaType(of: reply, in: ["application/json"], phase: phase)
        self.phase = phase
        guard let json = try? JSON(parsing: reply.body), json.kind == .object else {
            throw Self.malformed(nil, phase: phase)
        }
        self.json = json
    }

    /// A text of visible ASCII characters; nil when there is no such member.
    func token(_ member: String) throws(ItsmeError) -> String? {
        guard let value = json.nonNull(member) else { return nil }
        guard let text = value.string, (1...8192).contains(text.utf8.count),
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { throw malformed(member) }
        return text
    }

    func requiredToken(_ member: String) throws(ItsmeError) -> String {
        guard let token = try token(member) else { throw malformed(member) }
        return token
    }

    /// A whole number of seconds; nil when there is no such member.
    func seconds(_ member: String) throws(ItsmeError) -> Duration? {
        guard let value = json.nonNull(member) else { return nil }
        guard let seconds = value.integer, (0...Int64(Int32.max)).contains(seconds) else { throw malformed(member) }
        return .seconds(seconds)
    }

    func malformed(_ member: String) -> ItsmeError { Self.malformed(member, phase: phase) }

    private static func malformed(_ member: String?, phase: ItsmeError.Phase) -> ItsmeError {
        ItsmeError(.backchannelResponseMalformed, phase, field: member)
    }
}
