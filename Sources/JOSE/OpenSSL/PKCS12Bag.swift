internal import COpenSSL

/// What one bag of a PKCS#12 file holds (RFC 7292 §4.2), decrypted.
struct PKCS12Bag {
    enum Content {
        case privateKey(RSAKey)
        /// A private key of another type, which this library cannot use.
        case otherPrivateKey
        /// A certificate of an authority may have a key of another type. That is an error only if the certificate is
        /// needed.
        case certificate(Result<X509Certificate, JOSEError>)
    }

    let content: Content
    /// Assigns a certificate to a key.
    let localKeyID: [UInt8]?
    let friendlyName: String?

    /// More than any keys with their certificates need.
    private static let maximumSize = 256 << 10
    private static let maximumDepth = 4

    /// Checks the integrity of a file, then opens all of it.
    static func bags(in file: SecretBytes, passphrase: SecretBytes?) throws(JOSEError) -> [PKCS12Bag] {
        guard file.count <= maximumSize else {
            throw JOSEError(.malformedPKCS12, "file exceeds the size limit")
        }
        let passphrase = passphrase ?? SecretBytes([])
        let format = KeyFileFormat(of: file)
        return try file.withBytes { (file) throws(JOSEError) in
            try passphrase.withBytes { (passphrase) throws(JOSEError) in
                let container = try Container.reading(file, format)
                return try unsafe passphrase.withUnsafeBufferPointer { (bytes) throws(JOSEError) in
                    try unsafe container.open(Passphrase(bytes))
                }
            }
        }
    }

    /// A passphrase as OpenSSL takes it; valid as long as the memory that it points to.
    @unsafe
    private struct Passphrase {
        var start: UnsafePointer<CChar>?
        var count: Int32

        /// An empty one.
        init(start: UnsafePointer<CChar>?) {
            unsafe self.start = start
            unsafe count = 0
        }

        init(_ bytes: UnsafeBufferPointer<UInt8>) throws(JOSEError) {
            guard let count = Int32(exactly: bytes.count) else {
                throw JOSEError(.wrongPassphrase, "the passphrase is too long")
            }
            // OpenSSL distinguishes no passphrase from an empty one, and so do files: see Container.
            unsafe start = UnsafeRawPointer(bytes.baseAddress)?.assumingMemoryBound(to: CChar.self)
            unsafe self.count = count
        }
    }

    /// An owned PKCS12.
    @safe
    private struct Container: ~Copyable {
        let pointer: OpaquePointer

        private init(owning pointer: OpaquePointer) {
            unsafe self.pointer = pointer
        }

        static func reading(_ file: Span<UInt8>, _ format: KeyFileFormat) throws(JOSEError) -> Container {
            try unsafe file.withUnsafeBufferPointer { (file) throws(JOSEError) in
                var input = file.baseAddress
                guard let pointer = unsafe d2i_PKCS12(nil, &input, file.count) else {
                    ERR_clear_error()
                    throw format.refusal(.malformedPKCS12)
                }
                let container = unsafe Container(owning: pointer)
                guard unsafe input == file.baseAddress.map({ unsafe $0 + file.count }) else {
                    throw .openSSL(.malformedPKCS12, "data follows the PKCS#12 structure")
                }
                return container
            }
        }

        deinit {
            unsafe PKCS12_free(pointer)
        }

        borrowing func open(_ given: Passphrase) throws(JOSEError) -> [PKCS12Bag] {
            var budget = RSAKey.maximumIterations
            let passphrase = try unsafe verified(given, &budget)
            guard let contents = unsafe PKCS12_unpack_authsafes(pointer) else {
                throw .openSSL(.malformedPKCS12, "contents cannot be read")
            }
            defer { unsafe itsmerp_PKCS7_free_all(contents) }
            var result: [PKCS12Bag] = []
            for index in unsafe 0..<max(itsmerp_PKCS7_count(contents), 0) {
                let bags: OpaquePointer?
                let content = unsafe itsmerp_PKCS7_at(contents, index)
                if unsafe itsmerp_PKCS7_is_data(content) == 1 {
                    unsafe bags = PKCS12_unpack_p7data(content)
                } else if unsafe itsmerp_PKCS7_is_encrypted(content) == 1 {
                    try unsafe PKCS12Bag.spend(itsmerp_PKCS7_rounds(content), of: &budget)
                    unsafe bags = PKCS12_unpack_p7encdata(content, passphrase.start, passphrase.count)
                } else {
                    throw .openSSL(.malformedPKCS12, "contents are encrypted to a public key")
                }
                guard let bags = unsafe bags else {
                    throw PKCS12Bag.failure("contents cannot be read")
                }
                defer { unsafe itsmerp_PKCS12_bags_free(bags) }
                try unsafe PKCS12Bag.append(bags, passphrase, depth: 0, &budget, to: &result)
            }
            ERR_clear_error()
            return result
        }

        /// Checks the MAC. A file without a passphrase was made with none or with an empty one. The MACs of both
        /// differ, so both are tried.
        private borrowing func verified(_ given: Passphrase, _ budget: inout Int) throws(JOSEError) -> Passphrase {
            let iterations = unsafe itsmerp_PKCS12_iterations(pointer)
            guard iterations != 0 else {
                throw .openSSL(.malformedPKCS12, "the file has no MAC, so the passphrase cannot be checked")
            }
            guard iterations > 0 else {
                throw PKCS12Bag.tooCostly
            }
            var candidates: [Passphrase] = unsafe [given]
            if unsafe given.count == 0 {
                unsafe candidates = [Passphrase(start: nil), Passphrase(start: PKCS12Bag.emptyPassphrase)]
            }
            for index in unsafe candidates.indices {
                let passphrase = unsafe candidates[index]
                try PKCS12Bag.spend(iterations, of: &budget)
                if unsafe PKCS12_verify_mac(pointer, passphrase.start, passphrase.count) == 1 {
                    return unsafe passphrase
                }
            }
            guard itsmerp_ERR_take_unsupported() == 0 else {
                throw unsafe itsmerp_PKCS12_has_PBMAC1(pointer) == 1
                    ? KeyConversion.passwordBasedMAC.error : KeyConversion.legacyPKCS12.error
            }
            throw .openSSL(.wrongPassphrase, "the passphrase does not open the file")
        }
    }

    /// An empty C string that lives as long as the process.
    private static var emptyPassphrase: UnsafePointer<CChar>? {
        let text: StaticString = ""
        return unsafe UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
    }

    private static func append(
        _ bags: OpaquePointer, _ passphrase: Passphrase, depth: Int, _ budget: inout Int, to result: inout [PKCS12Bag]
    ) throws(JOSEError) {
        guard depth < maximumDepth else {
            throw .openSSL(.malformedPKCS12, "contents are nested too deeply")
        }
        for index in unsafe 0..<max(itsmerp_PKCS12_bag_count(bags), 0) {
            guard let bag = unsafe itsmerp_PKCS12_bag_at(bags, index) else {
                continue
            }
            switch unsafe PKCS12_SAFEBAG_get_nid(bag) {
            case NID_keyBag:
                try unsafe result.append(make(privateKey(PKCS12_SAFEBAG_get0_p8inf(bag)), bag))
            case NID_pkcs8ShroudedKeyBag:
                try unsafe spend(itsmerp_PKCS8_rounds(PKCS12_SAFEBAG_get0_pkcs8(bag)), of: &budget)
                guard let info = unsafe PKCS12_decrypt_skey(bag, passphrase.start, passphrase.count) else {
                    throw failure("a private key cannot be decrypted")
                }
                defer { unsafe PKCS8_PRIV_KEY_INFO_free(info) }
                try unsafe result.append(make(privateKey(info), bag))
            case NID_certBag where unsafe PKCS12_SAFEBAG_get_bag_nid(bag) == NID_x509Certificate:
                guard let certificate = unsafe PKCS12_SAFEBAG_get1_cert(bag) else {
                    throw .openSSL(.malformedPKCS12, "a certificate cannot be read")
                }
                let handle = unsafe CertificateHandle(owning: certificate)
                unsafe result.append(make(.certificate(Self.certificate(handle)), bag))
            case NID_safeContentsBag:
                guard let inner = unsafe PKCS12_SAFEBAG_get0_safes(bag) else {
                    throw .openSSL(.malformedPKCS12, "contents cannot be read")
                }
                try unsafe append(inner, passphrase, depth: depth + 1, &budget, to: &result)
            default:
                // Revocation lists and other secrets are not needed.
                continue
            }
        }
    }

    /// Subtracts the rounds of one step from the budget of the whole file.
    private static func spend(_ rounds: Int, of budget: inout Int) throws(JOSEError) {
        guard (0...budget).contains(rounds) else {
            throw tooCostly
        }
        budget -= rounds
    }

    private static var tooCostly: JOSEError {
        .openSSL(.malformedPKCS12, "the file asks for more than \(RSAKey.maximumIterations) iterations")
    }

    private static func certificate(_ handle: consuming CertificateHandle) -> Result<X509Certificate, JOSEError> {
        do throws(JOSEError) {
            return .success(try X509Certificate(handle))
        } catch {
            return .failure(error)
        }
    }

    private static func privateKey(_ info: OpaquePointer?) throws(JOSEError) -> Content {
        guard let info = unsafe info else {
            throw .openSSL(.malformedPKCS12, "a private key cannot be read")
        }
        guard unsafe itsmerp_PKCS8_is_RSA(info) == 1 else {
            return .otherPrivateKey
        }
        guard let key = unsafe itsmerp_PKCS8_key(info) else {
            throw .openSSL(.malformedPKCS12, "a private key cannot be read")
        }
        return .privateKey(try unsafe RSAKey(owning: key))
    }

    private static func make(_ content: Content, _ bag: OpaquePointer) -> PKCS12Bag {
        var localKeyID: [UInt8]?
        if let attribute = unsafe itsmerp_PKCS12_local_key_id(bag), let start = unsafe ASN1_STRING_get0_data(attribute)
        {
            let size = unsafe Int(max(ASN1_STRING_length(attribute), 0))
            localKeyID = unsafe [UInt8](UnsafeBufferPointer(start: start, count: size))
        }
        var friendlyName: String?
        if let name = unsafe PKCS12_get_friendlyname(bag) {
            friendlyName = unsafe String(cString: name)
            unsafe itsmerp_OPENSSL_clear_free(name, 0)
        }
        return PKCS12Bag(content: content, localKeyID: localKeyID, friendlyName: friendlyName)
    }

    /// The passphrase has passed the MAC, so an error in decryption has another cause.
    private static func failure(_ reason: String) -> JOSEError {
        itsmerp_ERR_take_unsupported() == 1 ? KeyConversion.legacyPKCS12.error : .openSSL(.malformedPKCS12, reason)
    }
}
