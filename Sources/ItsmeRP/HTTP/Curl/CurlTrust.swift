import CCurl

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Which certificate authorities are trusted.
///
/// `CURLOPT_CAINFO` *replaces* the system's bundle, so a file of further authorities is added in one of two ways. Where
/// libcurl was built with a directory of hashed certificates (Debian, Ubuntu), that directory stays in force and the
/// file takes the bundle's place: both count, and nothing is copied. Elsewhere the bundle and the file are joined in
/// memory.
enum CurlTrust: Sendable {
    /// Only the system's bundle; without the directory, because libcurl parses the bundle once for all connections only
    /// if there is no directory beside it.
    case systemBundle
    /// Whatever libcurl was built with.
    case builtIn
    /// This file, beside the directory that libcurl was built with.
    case file(String)
    /// These certificates: the system's bundle and more.
    case joined(LentBytes)

    init(additionalCAFile: String?) throws(HTTPTransportError) {
        let system = try Self.systemLocations()
        guard let additionalCAFile else {
            let hasBundle = system.bundle.map { FileManager.default.isReadableFile(atPath: $0) } ?? false
            self = hasBundle ? .systemBundle : .builtIn
            return
        }
        guard let more = FileManager.default.contents(atPath: additionalCAFile),
            more.firstRange(of: Data("-----BEGIN ".utf8)) != nil
        else {
            throw HTTPTransportError(.tls, reason: "the additional CA file cannot be read or is not PEM")
        }
        var isDirectory = false
        if let directory = system.directory,
            FileManager.default.fileExists(atPath: directory, isDirectory: &isDirectory), isDirectory
        {
            self = .file(additionalCAFile)
        } else {
            let bundle = system.bundle.flatMap { FileManager.default.contents(atPath: $0) } ?? Data()
            self = .joined(LentBytes(Array(bundle) + [0x0A] + Array(more)))
        }
    }

    /// Where libcurl looks if it is told nothing.
    private static func systemLocations() throws(HTTPTransportError) -> (bundle: String?, directory: String?) {
        guard let handle = unsafe curl_easy_init() else {
            throw HTTPTransportError(.other, reason: "libcurl gives no handle")
        }
        defer { unsafe curl_easy_cleanup(handle) }
        func location(_ info: CURLINFO) -> String? {
            var text: UnsafeMutablePointer<CChar>?
            guard unsafe itsmerp_curl_easy_getinfo_string(handle, info, &text) == CURLE_OK, let text = unsafe text
            else {
                return nil
            }
            return unsafe String(cString: text)
        }
        return (location(CURLINFO_CAINFO), location(CURLINFO_CAPATH))
    }

    func apply(to handle: CurlEasy) throws(HTTPTransportError) {
        switch self {
        case .builtIn: break
        case .systemBundle: try handle.set(CURLOPT_CAPATH, to: nil)
        case .file(let path): try handle.set(CURLOPT_CAINFO, to: path)
        case .joined(let bytes): try handle.lendBundle(bytes)
        }
    }
}

/// Bytes at an address that does not change, for C code that keeps the pointer.
///
/// Unchecked because the pointer is: the memory is written once, before anyone else sees it, and freed with the object.
@safe final class LentBytes: @unchecked Sendable {
    let buffer: UnsafeMutableRawBufferPointer

    init(_ bytes: [UInt8]) {
        unsafe buffer = .allocate(byteCount: bytes.count, alignment: 1)
        unsafe buffer.copyBytes(from: bytes)
    }

    deinit {
        unsafe buffer.deallocate()
    }
}
