/// What a JSON text of untrusted origin may cost.
public struct JSONLimits: Sendable, Hashable {
    /// Octets of the whole text.
    public var maximumSize: Int

    /// Objects and arrays inside each other; `1` admits `{}` but not `[{}]`.
    public var maximumDepth: Int

    /// Makes limits; without arguments 1 MiB and a depth of 16.
    public init(maximumSize: Int = 1 << 20, maximumDepth: Int = 16) {
        self.maximumSize = maximumSize
        self.maximumDepth = maximumDepth
    }

    /// 1 MiB and a depth of 16.
    public static let standard = JSONLimits()

    /// What a JOSE header may cost: 4 KiB and a depth of 16.
    static let header = JSONLimits(maximumSize: JOSEHeader.maximumSize)

    /// What a JWK Set may cost: 64 KiB and a depth of 16.
    public static let keySet = JSONLimits(maximumSize: 64 << 10)
}
