#if Tool
    import Foundation
    import HTTPTypes
    import ItsmeRP
    import XCTest

    extension CurlTransport {
        /// Opens `url`.
        func get(_ url: String) async throws -> HTTPReply { try await send(.get, url, []) }

        /// Sends the fields of a form, encoded, to `url`.
        func post(_ form: String, to url: String) async throws -> HTTPReply {
            try await send(.post, url, Array(form.utf8))
        }

        private func send(_ method: HTTPRequest.Method, _ url: String, _ body: [UInt8]) async throws -> HTTPReply {
            let parts = try XCTUnwrap(URLComponents(string: url))
            let request = HTTPRequest(
                method: method, scheme: parts.scheme, authority: "\(parts.host ?? ""):\(parts.port ?? 0)",
                path: parts.percentEncodedPath + (parts.percentEncodedQuery.map { "?\($0)" } ?? ""))
            // Time that also a busy machine has enough of.
            let limits = HTTPLimits(connectTimeout: .seconds(20), totalTimeout: .seconds(40))
            return try await send(request, body: body, limits: limits)
        }
    }
#endif
