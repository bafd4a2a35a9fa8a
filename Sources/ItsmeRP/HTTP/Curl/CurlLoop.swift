import CCurl
import Synchronization

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// The mailbox between callers and the thread that runs libcurl.
///
/// One lock guards all that both sides touch. The thread is woken only if it sleeps, so a burst of requests costs one
/// wake-up.
final class CurlLoop: Sendable {
    /// What the thread has to do.
    struct Orders {
        var transfers: [CurlTransfer] = []
        var cancellations: [CurlTransfer] = []
        var isStopping = false
    }

    /// libcurl's multi handle.
    ///
    /// Unchecked because libcurl lets only one thread at a time use it, except for `curl_multi_wakeup`: here that is
    /// the loop's thread, and callers only wake, under the lock and while the handle lives.
    @safe struct MultiHandle: @unchecked Sendable {
        let pointer: UnsafeMutableRawPointer
        #if os(Linux)
            let watch: SocketWatch
        #endif

        init() throws(HTTPTransportError) {
            #if os(Linux)
                watch = try SocketWatch()
            #endif
            guard let pointer = unsafe curl_multi_init() else {
                throw HTTPTransportError(.other, reason: "libcurl gives no handle")
            }
            unsafe self.pointer = unsafe pointer
        }

        /// Wakes the thread that sleeps on the handle.
        func wake() {
            #if os(Linux)
                watch.ring()
            #else
                unsafe curl_multi_wakeup(pointer)
            #endif
        }
    }

    private struct Shared {
        var orders = Orders()
        var isAsleep = false
        /// Nil once the thread has ended.
        var handle: MultiHandle?
        var waitingForEnd: [CheckedContinuation<Void, Never>] = []
    }

    private let shared: Mutex<Shared>
    private let settings: CurlSettings

    init(_ settings: CurlSettings) throws(HTTPTransportError) {
        self.settings = settings
        shared = Mutex(Shared(handle: try MultiHandle()))
    }

    // MARK: Callers' side

    /// Starts the thread; it keeps this object alive until it ends.
    func start() throws(HTTPTransportError) {
        let worker: CurlWorker
        do {
            guard let handle = shared.withLock({ $0.handle }) else { return }
            worker = try CurlWorker(loop: self, handle: handle, settings: settings)
        } catch {
            ended()
            throw error
        }
        let context = unsafe Unmanaged.passRetained(worker).toOpaque()
        guard unsafe startThread(context) else {
            unsafe Unmanaged<CurlWorker>.fromOpaque(context).release()
            ended()
            throw HTTPTransportError(.other, reason: "the thread could not be started")
        }
    }

    /// Hands `transfer` to the thread.
    func enqueue(_ transfer: CurlTransfer, resuming continuation: CurlTransfer.Continuation) {
        let refusal: (any Error)? = shared.withLock { shared in
            if transfer.isCancelled { return CancellationError() }
            guard let handle = shared.handle, !shared.orders.isStopping else { return Self.shutDown }
            transfer.begin(resuming: continuation)
            transfer.isQueued = true
            shared.orders.transfers.append(transfer)
            Self.wake(&shared, handle)
            return nil
        }
        if let refusal { continuation.resume(throwing: refusal) }
    }

    /// Ends `transfer`, now or as soon as it is queued.
    func cancel(_ transfer: CurlTransfer) {
        shared.withLock { shared in
            transfer.isCancelled = true
            guard transfer.isQueued, let handle = shared.handle else { return }
            shared.orders.cancellations.append(transfer)
            Self.wake(&shared, handle)
        }
    }

    /// Tells the thread to end; returns at once.
    func stop() {
        shared.withLock { shared in
            guard let handle = shared.handle else { return }
            shared.orders.isStopping = true
            Self.wake(&shared, handle)
        }
    }

    /// Returns when the thread has let go of everything.
    func stopped() async {
        await withCheckedContinuation { continuation in
            let isOver = shared.withLock { shared in
                guard shared.handle != nil else { return true }
                shared.waitingForEnd.append(continuation)
                return false
            }
            if isOver { continuation.resume() }
        }
    }

    static let shutDown = HTTPTransportError(.shutDown, reason: "the transport was shut down")

    private static func wake(_ shared: inout Shared, _ handle: MultiHandle) {
        guard shared.isAsleep else { return }
        shared.isAsleep = false
        handle.wake()
    }

    // MARK: The thread's side

    /// Takes what has come in since the last call.
    func takeOrders() -> Orders {
        shared.withLock { shared in
            shared.isAsleep = false
            let orders = shared.orders
            shared.orders = Orders(isStopping: orders.isStopping)
            return orders
        }
    }

    /// Announces that the thread is going to sleep; false when there is something to do first.
    func goToSleep() -> Bool {
        shared.withLock { shared in
            guard shared.orders.transfers.isEmpty, shared.orders.cancellations.isEmpty, !shared.orders.isStopping
            else { return false }
            shared.isAsleep = true
            return true
        }
    }

    /// Closes the multi handle and all its connections, and answers everyone who still waits.
    ///
    /// The thread's last act; all easy handles are gone by then.
    func ended() {
        let (handle, orders, waiting) = shared.withLock { shared in
            defer { shared = Shared(handle: nil) }
            return (shared.handle, shared.orders, shared.waitingForEnd)
        }
        if let handle {
            unsafe curl_multi_cleanup(handle.pointer)
            // libcurl's callbacks lead into the handle until here.
            withExtendedLifetime(handle) {}
        }
        for transfer in orders.transfers where transfer.finish(.failure(Self.shutDown)) { transfer.resume() }
        for continuation in waiting { continuation.resume() }
    }

    /// Starts a detached thread on the worker at `context`, which it takes over.
    private func startThread(_ context: UnsafeMutableRawPointer) -> Bool {
        #if canImport(Darwin)
            var thread: pthread_t?
        #else
            var thread = pthread_t()
        #endif
        let code = unsafe pthread_create(&thread, nil, { unsafe runWorker($0) }, context)
        guard code == 0 else { return false }
        #if canImport(Darwin)
            if let thread = unsafe thread { unsafe pthread_detach(thread) }
        #else
            pthread_detach(thread)
        #endif
        return true
    }
}

private func runWorker(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context = unsafe context else { return nil }
    // Signals are the application's: none is handled here, and a write to a closed socket raises none.
    var signals = sigset_t()
    unsafe sigfillset(&signals)
    unsafe pthread_sigmask(SIG_SETMASK, &signals, nil)
    unsafe Unmanaged<CurlWorker>.fromOpaque(context).takeRetainedValue().run()
    return nil
}
