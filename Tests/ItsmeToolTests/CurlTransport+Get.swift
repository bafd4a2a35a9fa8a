#if Tool
    import Foundation
    import HTTPTypes
    import ItsmeRP
    import XCTest

    extension CurlTransport {
        /// Opens `url`.
        func get(_ url: String) async throws -> HTTPReply {
            let parts = try XCTUnwrap(URLComponents(string: url))
            let request = HTTPRequest(
                method: .get, scheme: parts.scheme, authority: "\(parts.host ?? ""):\(parts.port ?? 0)",
                path: parts.percentEncodedPath + (parts.percentEncodedQuery.map { "?\($0)" } ?? ""))
            // Time that also a busy machine has enough of.
            let limits = HTTPLimits(connectTimeout: .seconds(20), totalTimeout: .seconds(40))
            return try await send(request, body: [], limits: limits)
        }
    }
#endif
