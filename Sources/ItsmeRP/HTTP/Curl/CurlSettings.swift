import CCurl

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A configuration that was checked, in the shape that libcurl takes.
struct CurlSettings: Sendable {
    let configuration: CurlTransport.Configuration
    let trust: CurlTrust
    let noProxy: String
    let idleSeconds: Int
    let ownLines: OwnHeaderLines

    init(_ configuration: CurlTransport.Configuration) throws(HTTPTransportError) {
        guard Self.globalCode == CURLE_OK else {
            throw HTTPTransportError(.other, reason: "libcurl could not be initialised")
        }
        self.configuration = configuration
        for text in [configuration.proxy, configuration.userAgent] + configuration.proxyExceptions {
            guard (text ?? "").utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
                throw HTTPTransportError(.badRequest, reason: "proxy or user agent hold a forbidden character")
            }
        }
        noProxy = configuration.proxyExceptions.joined(separator: ",")
        idleSeconds = max(1, min(86_400, Int(clamping: configuration.idleConnectionLifetime.components.seconds)))
        // A proxy gets the User-Agent of libcurl's option, which goes to the server, too; it sees no header line.
        ownLines = try OwnHeaderLines(userAgent: configuration.proxy == nil ? configuration.userAgent : "")
        trust = try CurlTrust(additionalCAFile: configuration.additionalCAFile)
        if let certificate = configuration.clientCertificate {
            for file in [certificate.file, certificate.keyFile] where !FileManager.default.isReadableFile(atPath: file)
            {
                throw HTTPTransportError(.tls, reason: "a file of the client certificate cannot be read")
            }
        }
    }

    /// Once per process; a `static let` is initialised under a lock.
    private static let globalCode = itsmerp_curl_global_init()
}
