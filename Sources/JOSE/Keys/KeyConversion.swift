/// Key files that cannot be read, each with the command that converts it into one that can.
///
/// The commands ask for passphrases, write files that only their owner can read, and leave no key unencrypted on the
/// way. A test runs each command as the error gives it.
enum KeyConversion: CaseIterable {
    case openSSH
    case javaKeyStore
    case javaCryptographicKeyStore
    case traditionalEncryption
    case legacyPKCS8
    case legacyPKCS12
    case passwordBasedMAC

    var error: JOSEError {
        JOSEError(code, "\(reason): convert it with: \(command)")
    }

    private var code: JOSEError.Code {
        switch self {
        case .openSSH, .javaKeyStore, .javaCryptographicKeyStore: .unsupportedKeyFormat
        case .traditionalEncryption: .malformedPEM
        case .legacyPKCS8, .legacyPKCS12, .passwordBasedMAC: .unsupportedKeyEncryption
        }
    }

    private var reason: String {
        switch self {
        case .openSSH:
            "the key is in OpenSSH's own format"
        case .javaKeyStore:
            "the file is a Java keystore of type JKS, not PKCS#12"
        case .javaCryptographicKeyStore:
            "the file is a Java keystore of type JCEKS, not PKCS#12"
        case .traditionalEncryption:
            "the key uses the encryption of RFC 1421, which is not supported"
        case .legacyPKCS8:
            "the key is encrypted with an old algorithm, such as DES, that OpenSSL 3 has only in its legacy provider"
        case .legacyPKCS12:
            "the file is encrypted with an old algorithm, such as RC2, that OpenSSL 3 has only in its legacy provider"
        case .passwordBasedMAC:
            """
            the file's MAC is PBMAC1 (RFC 9579), which needs OpenSSL 3.4 or later; if you trust the source of the file, skip \
            the MAC
            """
        }
    }

    private var command: String {
        switch self {
        case .openSSH:
            "cp old.key new.pem && ssh-keygen -p -m PKCS8 -f new.pem"
        case .javaKeyStore:
            "keytool -importkeystore -srckeystore old.jks -destkeystore new.p12 -deststoretype pkcs12 && chmod 600 new.p12"
        case .javaCryptographicKeyStore:
            """
            keytool -importkeystore -srckeystore old.jceks -srcstoretype jceks -destkeystore new.p12 -deststoretype pkcs12 \
            && chmod 600 new.p12
            """
        case .traditionalEncryption, .legacyPKCS8:
            "openssl pkcs8 -topk8 -provider legacy -provider default -in old.key -out new.pem"
        case .legacyPKCS12:
            "openssl pkcs12 -legacy -in old.p12 -out new.pem"
        case .passwordBasedMAC:
            "openssl pkcs12 -nomacver -in old.p12 -out new.pem"
        }
    }
}
