#if Tool
    import COpenSSL
    import Foundation
    import NIOCore
    import NIOPosix
    import NIOSSL

    /// The certificate that a server presents, with the facts that itsme demands.
    ///
    /// Trust is not decided here: a request by `CurlTransport` shows whether the chain is trusted.
    struct ServerCertificate: Sendable {
        /// How the authority checked who asked for the certificate, by the policies of the CA/Browser Forum (Baseline
        /// Requirements §7.1.6.1).
        enum Validation: String, Sendable {
            case domain
            case organization
            case individual
            case extended
            /// It names none of these policies.
            case unknown
        }

        let validation: Validation
        let notBefore: Date
        let notAfter: Date
        /// Whether the certificate is for the host that was asked.
        let isForHost: Bool
        /// Whether it was issued by nobody else.
        let isSelfSigned: Bool
        /// How many certificates the server sent.
        let chainLength: Int

        /// No certificate could be had.
        struct Failure: Error, CustomStringConvertible {
            let description: String
        }

        private static let policies: [String: Validation] = [
            "2.23.140.1.1": .extended, "2.23.140.1.2.1": .domain, "2.23.140.1.2.2": .organization,
            "2.23.140.1.2.3": .individual,
        ]

        /// Connects to a server and reads the certificate that it presents, trusted or not. Sends no request.
        static func presented(by host: String, port: Int) async throws -> ServerCertificate {
            let context = try NIOSSLContext(configuration: .makeClientConfiguration())
            let loop = MultiThreadedEventLoopGroup.singleton.next()
            let chain = loop.makePromise(of: [[UInt8]].self)
            let name = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
            let isAddress = (try? SocketAddress(ipAddress: name, port: port)) != nil
            let bootstrap = ClientBootstrap(group: loop).connectTimeout(.seconds(5)).channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    // Accepts everything: a certificate that is not trusted is to be seen too, and nothing is sent.
                    let handler = try NIOSSLClientHandler(
                        context: context, serverHostname: isAddress ? nil : name,
                        customVerificationCallback: { certificates, verdict in
                            chain.completeWith(Result { try certificates.map { try $0.toDERBytes() } })
                            verdict.succeed(.certificateVerified)
                        })
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
            let channel: any Channel
            do {
                channel = try await bootstrap.connect(host: name, port: port).get()
            } catch {
                chain.fail(error)
                throw Failure(description: "no connection to port \(port) of \(host) could be made")
            }
            channel.closeFuture.whenComplete { _ in
                chain.fail(Failure(description: "\(host) ended the connection before it sent a certificate"))
            }
            let deadline = loop.scheduleTask(in: .seconds(10)) {
                chain.fail(Failure(description: "\(host) sent no certificate within 10 seconds"))
            }
            defer {
                deadline.cancel()
                channel.close(promise: nil)
            }
            return try ServerCertificate(chain: await chain.futureResult.get(), host: name, isAddress: isAddress)
        }

        /// Reads the first certificate of a chain in DER.
        private init(chain: [[UInt8]], host: String, isAddress: Bool) throws {
            guard let leaf = chain.first else { throw Failure(description: "\(host) sent no certificate") }
            let read = leaf.withUnsafeBufferPointer { bytes in
                var next = bytes.baseAddress
                return d2i_X509(nil, &next, bytes.count)
            }
            guard let certificate = read else {
                throw Failure(description: "the certificate of \(host) cannot be read")
            }
            defer { X509_free(certificate) }
            guard let start = Self.date(X509_get0_notBefore(certificate)),
                let end = Self.date(X509_get0_notAfter(certificate))
            else { throw Failure(description: "the certificate of \(host) has no valid dates") }
            notBefore = start
            notAfter = end
            isForHost =
                (isAddress
                    ? X509_check_ip_asc(certificate, host, 0)
                    : X509_check_host(certificate, host, host.utf8.count, 0, nil)) == 1
            isSelfSigned =
                X509_NAME_cmp(X509_get_issuer_name(certificate), X509_get_subject_name(certificate)) == 0
            chainLength = chain.count
            let found = Self.policies(of: certificate).compactMap { Self.policies[$0] }
            validation = [.extended, .organization, .individual, .domain].first(where: found.contains) ?? .unknown
        }

        init(
            validation: Validation, notBefore: Date, notAfter: Date, isForHost: Bool = true, isSelfSigned: Bool = false,
            chainLength: Int = 2
        ) {
            self.validation = validation
            self.notBefore = notBefore
            self.notAfter = notAfter
            self.isForHost = isForHost
            self.isSelfSigned = isSelfSigned
            self.chainLength = chainLength
        }

        private static func date(_ time: UnsafePointer<ASN1_TIME>?) -> Date? {
            var parts = tm()
            guard ASN1_TIME_to_tm(time, &parts) == 1 else { return nil }
            return Date(timeIntervalSince1970: Double(timegm(&parts)))
        }

        /// The policies of a certificate (RFC 5280 §4.2.1.4), as numbers with dots.
        private static func policies(of certificate: OpaquePointer) -> [String] {
            guard let content = X509_get_ext_d2i(certificate, NID_certificate_policies, nil, nil) else { return [] }
            let stack = OpaquePointer(content)
            defer { CERTIFICATEPOLICIES_free(stack) }
            return (0..<max(0, OPENSSL_sk_num(stack))).compactMap { index in
                guard let item = OPENSSL_sk_value(stack, index) else { return nil }
                let policy = item.assumingMemoryBound(to: POLICYINFO.self).pointee.policyid
                var text = [CChar](repeating: 0, count: 128)
                guard OBJ_obj2txt(&text, CInt(text.count), policy, 1) > 0 else { return nil }
                return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            }
        }
    }
#endif
