public import JOSE

/// A file with private keys, which only its owner can read.
///
/// ```swift
/// let file = KeyFile("/etc/bank/itsme-ring.json")
/// try file.create(ring.serialized())
/// let ring = try KeyRing(reading: file)
/// ```
///
/// Reading refuses a file that a group or everybody can read, write or execute. Where an orchestrator mounts secrets
/// with other modes, read the bytes yourself and give them to ``KeyRing/init(parsing:)``.
///
/// Operations block for the time of a few file operations.
public struct KeyFile: Sendable {
    /// Where the file is. Symbolic links are followed when it is read.
    public let path: String

    /// More than any keys take.
    static let maximumSize = 1 << 20

    /// Names a file; nothing is read or written yet.
    public init(_ path: String) {
        self.path = path
    }

    /// Returns what is in the file.
    ///
    /// - Throws: ``ItsmeError`` `key_file_unsafe` if its mode has bits for a group or others, or if it belongs to
    ///   another user than this process or root; `key_file_unusable` if it cannot be read, is not a regular file, or has
    ///   more than 1 MiB.
    public func read() throws(ItsmeError) -> SecretBytes {
        try PrivateDescriptor.reading(path).contents()
    }

    /// Makes the file with mode 0600. It appears complete or not at all, and an existing one is never overwritten.
    ///
    /// - Throws: ``ItsmeError`` `key_file_exists`, or `key_file_unusable` if it cannot be written.
    public func create(_ contents: SecretBytes) throws(ItsmeError) {
        let draft = try PrivateDraft(beside: path, contents)
        defer { draft.remove() }
        try draft.takePlace()
    }

    /// Replaces what is in the file by what `change` makes of it; it appears at once, with mode 0600 and the same owner.
    ///
    /// Locked against other processes that do the same (`flock`), so that no change is lost. If `change` throws, the
    /// file stays as it is.
    ///
    /// - Throws: What `change` throws, and as ``read()`` and ``create(_:)`` do; `key_file_unusable` also while another
    ///   process holds the lock, and if the path is a symbolic link.
    public func update(_ change: (SecretBytes) throws -> SecretBytes) throws {
        let descriptor = try PrivateDescriptor.locked(path)
        let draft = try PrivateDraft(beside: path, try change(descriptor.contents()), owner: descriptor.owner)
        defer { draft.remove() }
        try draft.replace()
    }

    /// The error of a file operation; it names the path, the rule, the system's word, and never what is in the file.
    static func error(
        _ code: ItsmeError.Code, _ path: String, _ reason: String, remedy: String
    ) -> ItsmeError {
        ItsmeError(code, .configuration, "\(shown(path)): \(reason)", remedy: remedy, field: "keyFile")
    }

    /// The path as a log may have it.
    static func shown(_ path: String) -> String {
        path.isEmpty ? "(empty path)" : String(String.UnicodeScalarView(path.unicodeScalars.prefix(1024).map(visible)))
    }

    private static func visible(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned: "\u{FFFD}"
        default: scalar
        }
    }

    /// The path as one word of a command.
    static func quoted(_ path: String) -> String {
        "'" + shown(path).split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#) + "'"
    }
}

extension ItsmeError {
    /// The same error about what is in a file.
    func about(_ file: KeyFile) -> ItsmeError {
        ItsmeError(
            code, phase, "\(KeyFile.shown(file.path)): \(reason)", remedy: remedy, field: field,
            providerError: providerError, joseCode: joseCode, transportCode: transportCode, retryAfter: retryAfter)
    }
}
