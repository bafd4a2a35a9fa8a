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
    /// the loop's thread, and callers only wake (see ``Alarm``).
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
    }

    /// What is still to be done to wake the thread, once the lock is free again.
    ///
    /// A thread that is woken under the lock runs into it at once, and costs both sides a turn of the scheduler.
    private struct Alarm {
        #if os(Linux)
            let watch: SocketWatch

            func ring() { watch.ring() }
        #else
            // libcurl's own bell goes with its handle, which only the lock keeps alive; it has been rung there.
            func ring() {}
        #endif
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
    /// Goes from the thread to the callers with their answers, and back by ``read(_:)``.
    let memories = ReplyMemoryPool()

    init(_ settings: CurlSettings) throws(HTTPTransportError) {
        self.settings = settings
        shared = Mutex(Shared(handle: try MultiHandle()))
    }

    // MARK: Callers' side

    /// Starts the thread; it keeps this object alive until it ends.
    func start() throws(HTTPTransportError) {
        let parcel: Parcel
        do {
            guard let handle = shared.withLock({ $0.handle }) else { return }
            parcel = Parcel(try CurlWorker(loop: self, handle: handle, settings: settings))
        } catch {
            ended()
            throw error
        }
        let context = unsafe Unmanaged.passRetained(parcel).toOpaque()
        guard unsafe startThread(context) else {
            unsafe Unmanaged<Parcel>.fromOpaque(context).release()
            ended()
            throw HTTPTransportError(.other, reason: "the thread could not be started")
        }
    }

    /// Hands `transfer` to the thread, or ends it at once.
    func enqueue(_ transfer: CurlTransfer, resuming continuation: CurlTransfer.Continuation) {
        transfer.begin(resuming: continuation)
        let (refusal, alarm): ((any Error)?, Alarm?) = shared.withLock { shared in
            if transfer.isCancelled { return (CancellationError(), nil) }
            guard let handle = shared.handle, !shared.orders.isStopping else { return (Self.shutDown, nil) }
            transfer.isQueued = true
            shared.orders.transfers.append(transfer)
            return (nil, Self.wake(&shared, handle))
        }
        alarm?.ring()
        if let refusal, transfer.finish(.failure(refusal)) { transfer.resume() }
    }

    /// The answer that the thread has put together; its memory serves another one then.
    func read(_ collected: consuming CollectedReply) throws(HTTPTransportError) -> HTTPReply {
        let reply = try collected.reply()
        memories.put(collected.takeMemory())
        return reply
    }

    /// Ends `transfer`, now or as soon as it is queued.
    func cancel(_ transfer: CurlTransfer) {
        let alarm: Alarm? = shared.withLock { shared in
            transfer.isCancelled = true
            guard transfer.isQueued, let handle = shared.handle else { return nil }
            shared.orders.cancellations.append(transfer)
            return Self.wake(&shared, handle)
        }
        alarm?.ring()
    }

    /// Tells the thread to end; returns at once.
    func stop() {
        let alarm: Alarm? = shared.withLock { shared in
            guard let handle = shared.handle else { return nil }
            shared.orders.isStopping = true
            return Self.wake(&shared, handle)
        }
        alarm?.ring()
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

    /// Notes that the thread is awake; nil if it was.
    private static func wake(_ shared: inout Shared, _ handle: MultiHandle) -> Alarm? {
        guard shared.isAsleep else { return nil }
        shared.isAsleep = false
        #if os(Linux)
            return Alarm(watch: handle.watch)
        #else
            unsafe curl_multi_wakeup(handle.pointer)
            return nil
        #endif
    }

    // MARK: The thread's side

    /// Exchanges `orders`, whose lists are empty, for what has come in since the last call.
    ///
    /// So the memory of the lists is used by turns.
    func takeOrders(for orders: inout Orders) {
        shared.withLock { shared in
            shared.isAsleep = false
            orders.isStopping = shared.orders.isStopping
            swap(&shared.orders, &orders)
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

/// The worker on its way to its thread.
private final class Parcel {
    var worker: CurlWorker?

    init(_ worker: consuming CurlWorker) {
        self.worker = consume worker
    }
}

private func runWorker(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context = unsafe context else { return nil }
    // Signals are the application's: none is handled here, and a write to a closed socket raises none.
    var signals = sigset_t()
    unsafe sigfillset(&signals)
    unsafe pthread_sigmask(SIG_SETMASK, &signals, nil)
    #if os(Linux)
        // For whoever looks at the process with top, perf or a debugger.
        unsafe itsmerp_name_thread("itsme-curl")
    #endif
    let parcel = unsafe Unmanaged<Parcel>.fromOpaque(context).takeRetainedValue()
    guard var worker = parcel.worker.take() else { return nil }
    worker.run()
    return nil
}
