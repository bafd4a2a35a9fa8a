#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// A thread for work that blocks, which Swift's tasks must not do.
///
/// It takes no signals: the application handles them, and a write to a closed socket must not raise one.
package final class BlockingThread {
    private let work: @Sendable () -> Void

    private init(_ work: @escaping @Sendable () -> Void) {
        self.work = work
    }

    /// Starts a thread, which ends with its work.
    ///
    /// - Returns: Whether the system had a thread.
    package static func start(_ work: @escaping @Sendable () -> Void) -> Bool {
        #if canImport(Darwin)
            var thread: pthread_t?
        #else
            var thread = pthread_t()
        #endif
        let context = unsafe Unmanaged.passRetained(BlockingThread(work))
        guard unsafe pthread_create(&thread, nil, { unsafe BlockingThread.run($0) }, context.toOpaque()) == 0 else {
            unsafe context.release()
            return false
        }
        return true
    }

    private static func run(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        pthread_detach(pthread_self())
        var signals = sigset_t()
        unsafe sigfillset(&signals)
        unsafe pthread_sigmask(SIG_SETMASK, &signals, nil)
        guard let context = unsafe context else { return nil }
        unsafe Unmanaged<BlockingThread>.fromOpaque(context).takeRetainedValue().work()
        return nil
    }
}
