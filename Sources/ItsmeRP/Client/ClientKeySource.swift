/// Where the client's keys come from at the moment of use: fixed ``ClientKeys``, or a source that rotates them.
public protocol ClientKeySource: Sendable {
    /// The keys to use now. Read once per operation; it must not block.
    var clientKeys: ClientKeys { get }
}

extension ClientKeys: ClientKeySource {
    /// These keys.
    public var clientKeys: ClientKeys { self }
}
