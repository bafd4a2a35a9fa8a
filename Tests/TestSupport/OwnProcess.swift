import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Runs one test of this test bundle again, in a process of its own: for what concerns a whole process, as its memory or
/// its end.
package struct OwnProcess {
    /// The variable of the environment that is set in the process, and what it holds.
    package static let variable = "ITSMERP_OWN_PROCESS"

    /// What the parent said to this process; nil in the parent.
    package static var task: String? { ProcessInfo.processInfo.environment[variable] }

    /// Lets this process open `count` descriptors, if the system allows that.
    package static func raiseDescriptorLimit(to count: Int) -> Bool {
        #if canImport(Glibc)
            let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #else
            let resource = RLIMIT_NOFILE
        #endif
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0, limit.rlim_max >= rlim_t(count) else { return false }
        limit.rlim_cur = max(limit.rlim_cur, rlim_t(count))
        return setrlimit(resource, &limit) == 0
    }

    /// Whether a socket of this process listens on `port`; what other processes do does not count.
    package static func listens(onPort port: Int) throws -> Bool {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap { CInt($0) }.contains {
            descriptor in
            var isListening: CInt = 0
            var size = socklen_t(MemoryLayout<CInt>.size)
            var address = sockaddr_in()
            var addressSize = socklen_t(MemoryLayout<sockaddr_in>.size)
            guard getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &isListening, &size) == 0, isListening != 0 else {
                return false
            }
            return withUnsafeMutableBytes(of: &address) { bytes in
                guard let pointer = bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self),
                    getsockname(descriptor, pointer, &addressSize) == 0
                else { return false }
                return Int(UInt16(bigEndian: bytes.load(fromByteOffset: 2, as: UInt16.self))) == port
            }
        }
    }

    package let status: Int32
    package let isSignalled: Bool
    /// What came on the standard output and the standard error, in order.
    package let output: String

    /// - Parameters:
    ///   - test: `Module.Class/testName`.
    ///   - task: What ``task`` is in the process.
    ///   - environment: Variables besides those of this process.
    package init(of test: String, task: String, environment: [String: String] = [:]) throws {
        let process = Process()
        process.executableURL = try URL(
            fileURLWithPath: FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
        process.arguments = [test]
        process.environment = ProcessInfo.processInfo.environment
            .merging(environment) { $1 }.merging([Self.variable: task]) { $1 }
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        status = process.terminationStatus
        isSignalled = process.terminationReason == .uncaughtSignal
        output = String(decoding: data, as: UTF8.self)
    }
}
