public import JOSE

/// A file with private keys, which only its owner can read, or by choice also its group.
///
/// ```swift
/// let file = KeyFile("/etc/bank/itsme-ring.json")
/// try file.create(ring.serialized())
/// let ring = try KeyRing(reading: file)
/// ```
///
/// Reading refuses a file that its group or other users can read, write or execute. If an orchestrator mounts secrets
/// that the group of the process can read, allow this with `KeyFile(path, readers: .ownerAndGroup)`.
///
/// The methods block during a few file operations.
public struct KeyFile: Sendable {
    /// Who may be able to read a file.
    public enum Readers: Sendable, Hashable {
        /// Its owner only.
        case owner
        /// Its owner and its group, if this process belongs to that group: modes 0440 and 0640, as Kubernetes mounts
        /// secrets for the group of a pod. Every process of the group can then read the keys.
        case ownerAndGroup
    }

    /// The path of the file. Reading follows symbolic links.
    public let path: String

    /// Who may be able to read the file.
    public let readers: Readers

    /// More than any keys need.
    static let maximumSize = 1 << 20

    /// Names a file, without reading or writing it.
    ///
    /// - Parameters:
    ///   - path: The path.
    ///   - readers: Who may be able to read the file. Choose ``Readers/ownerAndGroup`` only where an orchestrator
    ///     mounts the file, and the group has no other processes.
    public init(_ path: String, readers: Readers = .owner) {
        self.path = path
        self.readers = readers
    }

    /// Returns the content of the file.
    ///
    /// - Throws: ``ItsmeError`` `key_file_unsafe` if its mode has more bits for a group or others than ``readers``
    ///   allows, or if it belongs to another user than this process or root; `key_file_unusable` if it cannot be read,
    ///   is not a regular file, or has more than 1 MiB.
    public func read() throws(ItsmeError) -> SecretBytes {
        try PrivateDescriptor.reading(path, readers).contents()
    }

    /// Returns the content of the file whatever its mode and owner are, only to say what it is: never use its keys.
    ///
    /// - Throws: ``ItsmeError`` `key_file_unusable`.
    package func readForInspection() throws(ItsmeError) -> SecretBytes {
        try PrivateDescriptor.readingAnyMode(path).contents()
    }

    /// Whether the file, whatever its mode is, is a public JWK Set. A ring whose keys are all held elsewhere is none.
    package var holdsPublicKeysOnly: Bool {
        guard let text = try? readForInspection() else { return false }
        let isPublic = try? JSON.withParsed(text, malformed: { $0 }) { (json) throws(JOSEError) in
            let keys = json["keys"]?.elements ?? []
            return json["itsme_ring"] == nil && !keys.isEmpty
                && keys.allSatisfy { $0["n"] != nil && !JWK.looksPrivate($0) }
        }
        return isPublic ?? false
    }

    /// Creates the file with mode 0600, completely or not at all. Never overwrites an existing file.
    ///
    /// - Throws: ``ItsmeError`` `key_file_exists`, or `key_file_unusable` if it cannot be written.
    public func create(_ contents: SecretBytes) throws(ItsmeError) {
        let draft = try PrivateDraft(beside: path, contents)
        defer { draft.remove() }
        try draft.takePlace()
    }

    /// Replaces the content of the file with the result of `change`, in one step, with mode 0600 and the same owner.
    ///
    /// A lock (`flock`) makes other processes that update the file wait their turn, so that no change is lost. If
    /// `change` throws, the file stays as it is.
    ///
    /// The file must be its owner's alone, whatever ``readers`` says: the group could not read the new one.
    ///
    /// - Throws: What `change` throws, and as ``read()`` and ``create(_:)`` do; `key_file_unusable` also while another
    ///   process holds the lock, and if the path is a symbolic link.
    public func update(_ change: (SecretBytes) throws -> SecretBytes) throws {
        let descriptor = try PrivateDescriptor.locked(path)
        let draft = try PrivateDraft(beside: path, try change(descriptor.contents()), owner: descriptor.owner)
        defer { draft.remove() }
        try draft.replace()
    }

    /// The error of a file operation; it names the path, the rule and the system's error, but no content of the file.
    static func error(
        _ code: ItsmeError.Code, _ path: String, _ reason: String, remedy: String
    ) -> ItsmeError {
        ItsmeError(code, .configuration, "\(shown(path)): \(reason)", remedy: remedy, field: "keyFile")
    }

    /// The path in a form that is safe to log.
    static func shown(_ path: String) -> String {
        path.isEmpty ? "(empty path)" : String(String.UnicodeScalarView(path.unicodeScalars.prefix(1024).map(visible)))
    }

    private static func visible(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned: "\u{FFFD}"
        default: scalar
        }
    }

    /// The path, quoted for a shell command.
    static func quoted(_ path: String) -> String {
        "'" + shown(path).split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#) + "'"
    }
}

extension ItsmeError {
    /// The same error, with the path of the file.
    func about(_ file: KeyFile) -> ItsmeError {
        ItsmeError(
            code, phase, "\(KeyFile.shown(file.path)): \(reason)", remedy: remedy, field: field,
            providerError: providerError, joseCode: joseCode, transportCode: transportCode, retryAfter: retryAfter)
    }
}
