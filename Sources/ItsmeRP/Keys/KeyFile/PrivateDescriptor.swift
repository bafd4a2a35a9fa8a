import JOSE

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// An open file that has passed the checks of ``KeyFile``. The checks use the descriptor, so the checked file is the
/// file that is read.
struct PrivateDescriptor: ~Copyable {
    private let descriptor: Int32
    private let status: stat
    private let path: String

    static func reading(_ path: String, _ readers: KeyFile.Readers) throws(ItsmeError) -> PrivateDescriptor {
        try opening(path, flags: 0, readers)
    }

    /// Opens a file that may be for everybody: only to find out whether it is public.
    static func readingAnyMode(_ path: String) throws(ItsmeError) -> PrivateDescriptor {
        try opening(path, flags: 0, nil)
    }

    /// Opens and locks the file. Starts again if another process has replaced the file before the lock was held.
    static func locked(_ path: String) throws(ItsmeError) -> PrivateDescriptor {
        for _ in 0..<100 {
            // Renaming a new file to this path would replace a symbolic link, not its target.
            let file = try opening(path, flags: O_NOFOLLOW, .owner)
            guard flock(file.descriptor, LOCK_EX | LOCK_NB) == 0 else {
                guard errno == EWOULDBLOCK else { throw Self.failure(path, "locked") }
                throw KeyFile.error(
                    .keyFileUnusable, path, "another process is changing the key file", remedy: "Try again in a moment."
                )
            }
            var named = stat()
            if unsafe stat(path, &named) == 0, named.st_ino == file.status.st_ino, named.st_dev == file.status.st_dev {
                return file
            }
        }
        throw KeyFile.error(
            .keyFileUnusable, path, "the key file is being replaced repeatedly", remedy: "Try again in a moment.")
    }

    private init(owning descriptor: Int32, _ status: stat, _ path: String) {
        self.descriptor = descriptor
        self.status = status
        self.path = path
    }

    private static func opening(
        _ path: String, flags: Int32, _ readers: KeyFile.Readers?
    ) throws(ItsmeError) -> PrivateDescriptor {
        // Without O_NONBLOCK, opening a named pipe would block until another process writes to it.
        let opened = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | flags)
        guard opened >= 0 else { throw failure(path, "opened") }
        var status = stat()
        let isKnown = unsafe fstat(opened, &status) == 0
        // From here on, `deinit` closes the descriptor.
        let file = PrivateDescriptor(owning: opened, status, path)
        guard isKnown else { throw failure(path, "examined") }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw KeyFile.error(
                .keyFileUnusable, path, "the key file is not a regular file",
                remedy: "Name the file that holds the keys.")
        }
        let isForOurGroup = readers == .ownerAndGroup && isMember(of: status.st_gid)
        guard readers == nil || status.st_mode & (isForOurGroup ? 0o037 : 0o077) == 0 else {
            throw KeyFile.error(
                .keyFileUnsafe, path, "users other than its owner can use the key file",
                remedy: """
                    Consider its keys compromised if others had access; otherwise set its mode: \
                    chmod 600 \(KeyFile.quoted(path))
                    """)
        }
        // Root reads every file anyway, for example to rotate the keys of the application's user.
        guard readers == nil || status.st_uid == geteuid() || status.st_uid == 0 || geteuid() == 0 else {
            throw KeyFile.error(
                .keyFileUnsafe, path, "the key file belongs to another user",
                remedy: "Make the user that runs this program its owner (chown).")
        }
        guard status.st_size <= KeyFile.maximumSize else {
            throw KeyFile.error(
                .keyFileUnusable, path, "the key file is larger than 1 MiB",
                remedy: "Name the file that holds the keys.")
        }
        return file
    }

    deinit {
        _ = close(descriptor)
    }

    /// Whether this process belongs to a group. Root reads the files of all groups.
    private static func isMember(of group: gid_t) -> Bool {
        guard geteuid() != 0, group != getegid() else { return true }
        var groups = [gid_t](repeating: 0, count: max(Int(getgroups(0, nil)), 0))
        let count = unsafe getgroups(Int32(groups.count), &groups)
        return groups.prefix(max(Int(count), 0)).contains(group)
    }

    /// The user and the group that the file belongs to.
    var owner: (user: uid_t, group: gid_t) { (status.st_uid, status.st_gid) }

    borrowing func contents() throws(ItsmeError) -> SecretBytes {
        // One more byte than expected, to detect that the file grew. The buffer is never reallocated, so no copy of the
        // keys stays in memory.
        let size = min(max(Int(status.st_size), 0), KeyFile.maximumSize)
        var buffer = [UInt8](repeating: 0, count: size + 1)
        var count = 0
        while count < buffer.count {
            let received = unsafe buffer.withUnsafeMutableBytes { buffer in
                unsafe read(descriptor, buffer.baseAddress.map { unsafe $0 + count }, buffer.count - count)
            }
            if received < 0, errno == EINTR { continue }
            guard received >= 0 else { throw Self.failure(path, "read") }
            guard received > 0 else { break }
            count += received
        }
        guard count == size else {
            _ = SecretBytes(taking: &buffer)
            throw KeyFile.error(
                .keyFileUnusable, path, "the key file changed while it was read", remedy: "Try again in a moment.")
        }
        buffer.removeLast()
        return SecretBytes(taking: &buffer)
    }

    static func failure(_ path: String, _ verb: String) -> ItsmeError {
        KeyFile.error(
            .keyFileUnusable, path, "the key file cannot be \(verb): \(word(for: errno))",
            remedy: "Check the path, the directory and their permissions.")
    }

    private static func word(for code: Int32) -> String {
        switch code {
        case ENOENT: "there is no such file or directory"
        case EACCES, EPERM: "permission denied"
        case ENOTDIR: "a part of the path is not a directory"
        case EISDIR: "it is a directory"
        case EROFS: "the file system is read-only"
        case ENOSPC, EDQUOT: "no space left"
        case ELOOP: "it is a symbolic link, which is not allowed"
        case ENAMETOOLONG: "the path is too long"
        default: "system error \(code)"
        }
    }
}
