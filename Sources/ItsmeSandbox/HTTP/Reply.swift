import HTTPTypes
import ItsmeRP
import JOSE

extension HTTPReply {
    /// JSON that must not be cached: answers of the token and UserInfo endpoints, and their errors.
    static func json(_ value: JSONValue, status: HTTPResponse.Status = .ok, fields: [HTTPField] = []) -> HTTPReply {
        bytes(
            value.serialized(), type: "application/json", status: status,
            fields: [HTTPField(name: .cacheControl, value: "no-store")] + fields)
    }

    /// A body of bytes with its media type.
    static func bytes(
        _ body: [UInt8], type: String, status: HTTPResponse.Status = .ok, fields: [HTTPField] = []
    ) -> HTTPReply {
        var response = HTTPResponse(status: status)
        response.headerFields[.contentType] = type
        response.headerFields[.contentLength] = String(body.count)
        response.headerFields[.xContentTypeOptions] = "nosniff"
        for field in fields { response.headerFields[field.name] = field.value }
        return HTTPReply(response: response, body: body)
    }

    /// An HTML page: not cached, not in a frame, without scripts.
    static func page(
        _ page: HTMLPage, status: HTTPResponse.Status = .ok, fields: [HTTPField] = []
    ) -> HTTPReply {
        bytes(
            Array(page.text.utf8), type: "text/html; charset=utf-8", status: status,
            fields: [
                HTTPField(name: .cacheControl, value: "no-store"),
                HTTPField(name: .contentSecurityPolicy, value: HTMLPage.contentSecurityPolicy),
            ] + fields)
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
