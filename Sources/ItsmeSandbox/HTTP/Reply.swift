import HTTPTypes
import ItsmeRP
import JOSE

extension HTTPReply {
    /// JSON that must not be cached: answers of the token and UserInfo endpoints, and their errors.
    static func json(_ value: JSONValue, status: HTTPResponse.Status = .ok, fields: [HTTPField] = []) -> HTTPReply {
        bytes(value.serialized(), type: "application/json", status: status, fields: fields)
    }

    /// A body of bytes with its media type. Nobody keeps it unless `cacheControl` allows that.
    static func bytes(
        _ body: [UInt8], type: String, status: HTTPResponse.Status = .ok, cacheControl: String = "no-store",
        fields: [HTTPField] = []
    ) -> HTTPReply {
        var reply = HTTPReply(status, body, contentType: type, cacheControl: cacheControl)
        reply.response.headerFields[.contentLength] = String(body.count)
        for field in fields { reply.response.headerFields[field.name] = field.value }
        return reply
    }

    /// An HTML page: not cached, and not in a frame.
    static func page(
        _ page: HTMLPage, status: HTTPResponse.Status = .ok, fields: [HTTPField] = []
    ) -> HTTPReply {
        bytes(
            Array(page.text.utf8), type: "text/html; charset=utf-8", status: status,
            fields: [HTTPField(name: .contentSecurityPolicy, value: page.contentSecurityPolicy)] + fields)
    }

    /// A redirect to `location`.
    static func redirect(to location: String, status: HTTPResponse.Status = .found) -> HTTPReply {
        var response = HTTPResponse(status: status)
        response.headerFields[.location] = location
        response.headerFields[.cacheControl] = "no-store"
        response.headerFields[.contentLength] = "0"
        return HTTPReply(response: response)
    }
}
