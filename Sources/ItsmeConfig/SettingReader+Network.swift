#if Configuration
    import Foundation
    import ItsmeRP
    import JOSE

    extension SettingReader {
        mutating func network() -> CurlTransport.Configuration {
            var network = CurlTransport.Configuration()
            if let proxy = secret(.proxy) {
                if let fault = Self.fault(ofProxy: proxy) {
                    refuse(
                        .proxy, fault,
                        remedy:
                            "Give a URL such as http://proxy.example:3128, or http://user:password@proxy.example:3128.")
                }
                network.proxy = proxy
            }
            if let exceptions = list(.proxyExceptions) {
                if exceptions.contains(where: { $0.contains("://") || $0.contains(where: \.isWhitespace) }) {
                    refuse(
                        .proxyExceptions, "an exception is not a host name",
                        remedy: "Give names such as idp.example, with commas between them and without a scheme.")
                }
                network.proxyExceptions = exceptions
            }
            if let agent = text(.userAgent) { network.userAgent = agent }
            if let number = number(.maximumConnectionsPerHost) { network.maximumConnectionsPerHost = number }
            if let number = number(.maximumConnections) { network.maximumConnections = number }
            if let number = number(.maximumConcurrentRequests) { network.maximumConcurrentRequests = number }
            if let number = number(.maximumWaitingRequests) { network.maximumWaitingRequests = number }
            if let lifetime = seconds(.idleConnectionLifetime) { network.idleConnectionLifetime = lifetime }
            if let limit = seconds(.unrepeatableIdleLimit) { network.unrepeatableIdleLimit = limit }
            check(network, .userAgent)

            network.additionalCAFile = text(.caFile)
            if network.additionalCAFile != nil {
                var alone = CurlTransport.Configuration()
                alone.additionalCAFile = network.additionalCAFile
                check(alone, .caFile)
            }
            network.clientCertificate = clientCertificate()
            return network
        }

        /// Checks each value with the transport itself; what it refuses is a fault of `setting`.
        private mutating func check(_ network: CurlTransport.Configuration, _ setting: Setting) {
            do {
                try network.validate()
            } catch {
                refuse(setting, error.reason, remedy: "Correct the value, or the file that it names.")
            }
        }

        private mutating func clientCertificate() -> CurlTransport.ClientCertificate? {
            let file = text(.clientCertificateFile)
            let keyPath = text(.clientCertificateKeyFile)
            let passphrase = secret(.clientCertificatePassphrase)
            guard let file, let keyPath else {
                if file != nil || keyPath != nil || passphrase != nil {
                    refuse(
                        file == nil ? .clientCertificateFile : .clientCertificateKeyFile, "it is missing",
                        remedy: "Give both the certificate and its private key, or neither and no passphrase.")
                }
                return nil
            }
            let key = keyFile(keyPath)
            var certificate = CurlTransport.ClientCertificate(file: file, keyFile: keyPath, passphrase: passphrase)
            certificate.keyFileReaders = key.readers
            let bytes: SecretBytes
            do {
                bytes = try key.read()
            } catch {
                refuse(Setting.clientCertificateKeyFile.name, error)
                return nil
            }
            // Without the passphrase, libcurl would ask for it at the terminal.
            if passphrase == nil, Self.holdsEncryptedKey(bytes) {
                refuse(
                    .clientCertificatePassphrase, "it is missing, and the private key is encrypted",
                    remedy: "Give the passphrase of the private key.")
            }
            var alone = CurlTransport.Configuration()
            alone.clientCertificate = certificate
            check(alone, .clientCertificateFile)
            return certificate
        }

        private static func holdsEncryptedKey(_ pem: SecretBytes) -> Bool {
            pem.withBytes { span in
                let mark = Array("ENCRYPTED".utf8)
                guard span.count >= mark.count else { return false }
                return (0...span.count - mark.count).contains { start in
                    mark.indices.allSatisfy { span[start + $0] == mark[$0] }
                }
            }
        }

        /// Why libcurl could not use a proxy; nil if it can.
        private static func fault(ofProxy text: String) -> String? {
            guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), let url = URLComponents(string: text),
                let scheme = url.scheme?.lowercased(), let host = url.host, !host.isEmpty
            else { return "it is not a URL with a scheme and a host" }
            guard ["http", "https", "socks5", "socks5h"].contains(scheme) else {
                return "its scheme is not http, https, socks5 or socks5h"
            }
            // libcurl would take 1080.
            guard let port = url.port, (1...65_535).contains(port) else { return "it has no port" }
            guard url.path.isEmpty || url.path == "/", url.query == nil, url.fragment == nil else {
                return "it has a path, a query or a fragment"
            }
            return nil
        }
    }
#endif
