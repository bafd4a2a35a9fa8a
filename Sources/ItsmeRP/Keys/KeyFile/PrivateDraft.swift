import JOSE

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A complete file with mode 0600 and a temporary name in the same directory, to be renamed into place.
struct PrivateDraft {
    private let path: String
    private let draft: String

    /// Writes the file and syncs it to the disk.
    ///
    /// - Parameter owner: The user and group of the file to replace. If root changes a file of the application's user,
    ///   that user must still be able to read it.
    init(
        beside path: String, _ contents: SecretBytes, owner: (user: uid_t, group: gid_t)? = nil
    ) throws(ItsmeError) {
        self.path = path
        do {
            draft = path + ".draft-" + Base64URL.encode(try RandomSource.system.bytes(12))
        } catch {
            throw ItsmeError.cryptography(error, .configuration)
        }
        let descriptor = unsafe open(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw PrivateDescriptor.failure(path, "written") }
        defer { _ = close(descriptor) }
        do throws(ItsmeError) {
            // An unusual umask may have removed bits.
            guard fchmod(descriptor, 0o600) == 0 else { throw PrivateDescriptor.failure(path, "written") }
            if let owner, geteuid() == 0 {
                guard fchown(descriptor, owner.user, owner.group) == 0 else {
                    throw PrivateDescriptor.failure(path, "written")
                }
            }
            try store(contents, to: descriptor)
            guard fsync(descriptor) == 0 else { throw PrivateDescriptor.failure(path, "written") }
        } catch {
            remove()
            throw error
        }
    }

    private func store(_ contents: SecretBytes, to descriptor: Int32) throws(ItsmeError) {
        try contents.withBytes { (span) throws(ItsmeError) in
            var count = 0
            while count < span.count {
                let written = unsafe span.extracting(count...).withUnsafeBytes { rest in
                    unsafe write(descriptor, rest.baseAddress, rest.count)
                }
                if written < 0, errno == EINTR { continue }
                guard written > 0 else { throw PrivateDescriptor.failure(path, "written") }
                count += written
            }
        }
    }

    /// Gives the file its final name; throws if a file with that name exists.
    func takePlace() throws(ItsmeError) {
        guard unsafe link(draft, path) == 0 else {
            guard errno == EEXIST else { throw PrivateDescriptor.failure(path, "written") }
            throw KeyFile.error(
                .keyFileExists, path, "the file already exists, and keys are never overwritten",
                remedy: "Choose another path, or move the file away if it is not needed.")
        }
        syncDirectory()
    }

    /// Replaces the existing file.
    func replace() throws(ItsmeError) {
        guard unsafe rename(draft, path) == 0 else { throw PrivateDescriptor.failure(path, "replaced") }
        syncDirectory()
    }

    /// Removes the draft, if it is still there.
    func remove() {
        _ = unsafe unlink(draft)
    }

    /// Makes the new name survive a power failure. Not all file systems support this, so errors are ignored.
    private func syncDirectory() {
        let directory = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let descriptor = unsafe open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        _ = fsync(descriptor)
        _ = close(descriptor)
    }
}
