#if Redis
    internal import CCurl
    internal import ItsmeRP
    internal import StoreConnections

    #if canImport(Darwin)
        import Darwin
    #elseif canImport(Musl)
        import Musl
    #else
        import Glibc
    #endif

    /// A connection that libcurl makes (name, TCP, TLS) and that then carries any bytes. Every call ends by its deadline.
    ///
    /// One thread at a time uses it.
    final class CurlSocket {
        /// What TLS needs besides the host.
        struct TLSFiles: Sendable {
            /// A PEM file of authorities that are trusted instead of the system's.
            var trustedCertificates: String?
            var clientCertificate: CurlTransport.ClientCertificate?
        }

        private let handle: UnsafeMutableRawPointer
        /// Closed by libcurl with the handle.
        private let descriptor: curl_socket_t

        /// Connects.
        static func connect(
            to place: RedisAddress.Place, _ files: TLSFiles, until deadline: Deadline
        ) throws(StoreFailure) -> CurlSocket {
            guard isLibraryReady, let handle = curl_easy_init() else {
                throw .connectionLost("libcurl could not be initialised")
            }
            do throws(StoreFailure) {
                try configure(handle, for: place, files, until: deadline)
                let code = curl_easy_perform(handle)
                guard code == CURLE_OK else { throw failure(code, of: handle) }
                let descriptor = itsmerp_curl_easy_active_socket(handle)
                guard descriptor >= 0 else { throw .connectionLost("the connection was closed at once") }
                return CurlSocket(handle: handle, descriptor: descriptor)
            } catch {
                curl_easy_cleanup(handle)
                throw error
            }
        }

        private init(handle: UnsafeMutableRawPointer, descriptor: curl_socket_t) {
            (self.handle, self.descriptor) = (handle, descriptor)
        }

        deinit {
            curl_easy_cleanup(handle)
        }

        // MARK: Bytes

        /// Sends all bytes.
        func send(_ bytes: [UInt8], until deadline: Deadline) throws(StoreFailure) {
            var sent = 0
            while sent < bytes.count {
                var count = 0
                let code = bytes.withUnsafeBytes { all in
                    let rest = UnsafeRawBufferPointer(rebasing: all[sent...])
                    return curl_easy_send(handle, rest.baseAddress, rest.count, &count)
                }
                switch code {
                case CURLE_OK: sent += count
                case CURLE_AGAIN: try wait(for: POLLOUT, until: deadline)
                default: throw .connectionLost("the connection was lost while sending")
                }
            }
        }

        /// Waits for bytes and returns those that are there, at least one.
        func receive(until deadline: Deadline) throws(StoreFailure) -> [UInt8] {
            while true {
                if let bytes = try receiveWithoutWaiting() { return bytes }
                try wait(for: POLLIN, until: deadline)
            }
        }

        /// The bytes that are there; nil if there are none.
        func receiveWithoutWaiting() throws(StoreFailure) -> [UInt8]? {
            var code = CURLE_OK
            let bytes = [UInt8](unsafeUninitializedCapacity: 16 << 10) { buffer, count in
                code = curl_easy_recv(handle, buffer.baseAddress, buffer.count, &count)
                if code != CURLE_OK { count = 0 }
            }
            switch code {
            case CURLE_OK where !bytes.isEmpty: return bytes
            case CURLE_OK: throw .connectionLost("the server closed the connection")
            case CURLE_AGAIN: return nil
            default: throw .connectionLost("the connection was lost while receiving")
            }
        }

        private func wait(for events: CInt, until deadline: Deadline) throws(StoreFailure) {
            while true {
                let milliseconds = Self.milliseconds(until: deadline)
                guard milliseconds > 0 else { throw .timedOut }
                var entry = pollfd(fd: descriptor, events: Int16(events), revents: 0)
                let count = poll(&entry, 1, CInt(milliseconds))
                if count > 0 { return }
                guard count == 0 || errno == EINTR else { throw .connectionLost("the socket cannot be waited for") }
            }
        }

        // MARK: Connecting

        /// Once per process: a `static let` is initialised under a lock.
        private static let isLibraryReady = itsmerp_curl_global_init() == CURLE_OK

        private static func configure(
            _ handle: UnsafeMutableRawPointer, for place: RedisAddress.Place, _ files: TLSFiles,
            until deadline: Deadline
        ) throws(StoreFailure) {
            let milliseconds = milliseconds(until: deadline)
            // Zero would mean no limit to libcurl.
            guard milliseconds > 0 else { throw .timedOut }
            let numbers: [(CURLoption, Int)] = [
                (CURLOPT_CONNECT_ONLY, 1), (CURLOPT_NOSIGNAL, 1), (CURLOPT_QUICK_EXIT, 1),
                (CURLOPT_CONNECTTIMEOUT_MS, milliseconds), (CURLOPT_TCP_KEEPALIVE, 1),
                // No protocol of the web is spoken, so none is offered.
                (CURLOPT_SSL_ENABLE_ALPN, 0), (CURLOPT_NETRC, 0),
                (CURLOPT_SSL_VERIFYPEER, 1), (CURLOPT_SSL_VERIFYHOST, 2),
                (CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2)),
            ]
            // Set even if empty: otherwise libcurl reads the proxy from the environment.
            var texts: [(CURLoption, String?)] = [(CURLOPT_PROTOCOLS_STR, "http,https"), (CURLOPT_PROXY, "")]
            switch place {
            case .host(let name, let port, let isEncrypted):
                texts.append((CURLOPT_URL, "\(isEncrypted ? "https" : "http")://\(name):\(port)/"))
            case .socket(let path):
                texts += [(CURLOPT_URL, "http://localhost/"), (CURLOPT_UNIX_SOCKET_PATH, path)]
            }
            if let file = files.trustedCertificates {
                // The second one takes away the system's directory of authorities.
                texts += [(CURLOPT_CAINFO, file), (CURLOPT_CAPATH, nil)]
            }
            if let certificate = files.clientCertificate {
                texts += [
                    (CURLOPT_SSLCERT, certificate.file), (CURLOPT_SSLKEY, certificate.keyFile),
                    (CURLOPT_KEYPASSWD, certificate.passphrase),
                ]
            }
            for (option, value) in numbers {
                try check(itsmerp_curl_easy_setopt_long(handle, option, value), option)
            }
            for (option, value) in texts {
                try check(itsmerp_curl_easy_setopt_string(handle, option, value), option)
            }
        }

        private static func check(_ code: CURLcode, _ option: CURLoption) throws(StoreFailure) {
            guard code == CURLE_OK else { throw .connectionLost("libcurl refused the option \(option.rawValue)") }
        }

        /// At least 1 if there is time left, at most a day.
        private static func milliseconds(until deadline: Deadline) -> Int {
            let left = Deadline.now.duration(to: deadline)
            return left <= .zero ? 0 : Int(min(left, .seconds(86_400)) / .milliseconds(1)) + 1
        }

        /// Does not use libcurl's messages, which may hold more than the host.
        private static func failure(_ code: CURLcode, of handle: UnsafeMutableRawPointer) -> StoreFailure {
            switch code {
            case CURLE_OPERATION_TIMEDOUT: .timedOut
            case CURLE_COULDNT_RESOLVE_HOST: .connectionLost("the host name could not be resolved")
            case CURLE_COULDNT_CONNECT: .connectionLost("no connection could be made")
            case CURLE_PEER_FAILED_VERIFICATION:
                .connectionLost(
                    HTTPTransportError.verdict(
                        itsmerp_curl_easy_getinfo_long(handle, CURLINFO_SSL_VERIFYRESULT),
                        on: "the server's certificate"))
            case CURLE_SSL_CONNECT_ERROR:
                .connectionLost("the TLS handshake failed: check that the port speaks TLS 1.2 or later")
            case CURLE_SSL_CERTPROBLEM, CURLE_SSL_CLIENTCERT:
                .connectionLost("the client certificate or its key is missing, unusable or refused")
            case CURLE_SSL_CACERT_BADFILE: .connectionLost("the trusted certificates could not be read")
            default: .connectionLost("no connection could be made (code \(code.rawValue) of libcurl)")
            }
        }
    }
#endif
