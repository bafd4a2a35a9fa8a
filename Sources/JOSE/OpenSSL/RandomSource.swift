internal import COpenSSL

/// A source of random bytes.
///
/// Use only ``system`` in production. Other sources are for tests, which need repeatable or failing ones.
public struct RandomSource: Sendable {
    /// `nil` stands for OpenSSL's generators.
    private let fill: (@Sendable (Int) throws -> [UInt8])?

    private init() {
        fill = nil
    }

    /// Makes a source from a function that returns the requested number of bytes, or throws.
    public init(_ fill: @escaping @Sendable (Int) throws -> [UInt8]) {
        self.fill = fill
    }

    /// OpenSSL's generator, which the operating system seeds.
    public static let system = RandomSource()

    /// Returns `count` bytes.
    ///
    /// Throws `randomFailed` if the source fails or returns the wrong number of bytes.
    public func bytes(_ count: Int) throws(JOSEError) -> [UInt8] {
        guard let fill else {
            return try Self.systemBytes(count)
        }
        let bytes: [UInt8]
        do {
            bytes = try fill(count)
        } catch {
            throw JOSEError(.randomFailed, "the random source threw an error")
        }
        guard bytes.count == count else {
            throw JOSEError(.randomFailed, "the random source returned the wrong number of bytes")
        }
        return bytes
    }

    /// Returns `count` bytes for a key.
    func secret(_ count: Int) throws(JOSEError) -> SecretBytes {
        guard fill == nil else {
            var bytes = try bytes(count)
            return SecretBytes(taking: &bytes)
        }
        return try unsafe SecretBytes(capacity: count) { (memory) throws(JOSEError) in
            guard let size = Int32(exactly: count), unsafe RAND_priv_bytes(memory.baseAddress, size) == 1 else {
                throw .openSSL(.randomFailed, "the system's random source failed")
            }
            return count
        }
    }

    private static func systemBytes(_ count: Int) throws(JOSEError) -> [UInt8] {
        guard count > 0 else {
            return []
        }
        var bytes = [UInt8](repeating: 0, count: count)
        guard let size = Int32(exactly: count), unsafe RAND_bytes(&bytes, size) == 1 else {
            throw .openSSL(.randomFailed, "the system's random source failed")
        }
        return bytes
    }
}
