import CCurl
import Synchronization

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// The thread that runs libcurl, and the mailbox for new transfers from callers.
final class CurlLoop: Sendable {
    private struct Mailbox {
        var transfers: [CurlTransfer] = []
        var isStopping = false
        var hasEnded = false
        var waitingForEnd: [CheckedContinuation<Void, Never>] = []
    }

    private let mailbox = Mutex(Mailbox())
    fileprivate let multi: CurlMulti
    fileprivate let options: CurlOptions
    fileprivate let maximumActive: Int
    fileprivate let maximumWaiting: Int

    /// Starts the thread, which keeps this object alive until it ends.
    init(_ configuration: CurlTransport.Configuration) throws(HTTPTransportError) {
        options = try CurlOptions(configuration)
        maximumActive = configuration.maximumConcurrentRequests
        maximumWaiting = configuration.maximumWaitingRequests
        // Finds options that libcurl refuses now, not with the first request.
        _ = try CurlHandle(options)
        multi = try CurlMulti(configuration)
        guard BlockingThread.start({ self.run() }) else {
            multi.close()
            throw HTTPTransportError(.other, reason: "the thread could not be started")
        }
    }

    // MARK: Callers' side

    func enqueue(_ transfer: CurlTransfer) {
        let isTaken = mailbox.withLock { mailbox in
            guard !mailbox.isStopping else { return false }
            mailbox.transfers.append(transfer)
            if mailbox.transfers.count == 1 { multi.wakeUp() }
            return true
        }
        if !isTaken { transfer.end(.failure(Self.shutDown)) }
    }

    func cancel(_ transfer: CurlTransfer) {
        transfer.isCancelled.store(true, ordering: .relaxed)
        mailbox.withLock { if !$0.isStopping { multi.wakeUp() } }
    }

    /// Tells the thread to end; returns at once.
    func stop() {
        mailbox.withLock { mailbox in
            guard !mailbox.isStopping else { return }
            mailbox.isStopping = true
            multi.wakeUp()
        }
    }

    var isStopping: Bool { mailbox.withLock { $0.isStopping } }

    /// Returns when the thread has ended.
    func stopped() async {
        await withCheckedContinuation { continuation in
            let hasEnded = mailbox.withLock { mailbox in
                if !mailbox.hasEnded { mailbox.waitingForEnd.append(continuation) }
                return mailbox.hasEnded
            }
            if hasEnded { continuation.resume() }
        }
    }

    static let shutDown = HTTPTransportError(.shutDown, reason: "the transport was shut down")

    // MARK: The thread's side

    private func run() {
        var worker = CurlWorker(loop: self)
        worker.run()
        end()
    }

    /// The new transfers since the last call; nil if the thread has to end.
    fileprivate func takeTransfers() -> [CurlTransfer]? {
        mailbox.withLock { mailbox in
            guard !mailbox.isStopping else { return nil }
            defer { mailbox.transfers = [] }
            return mailbox.transfers
        }
    }

    /// Ends the remaining transfers. The thread calls this last.
    private func end() {
        // No caller wakes the thread once it is stopping, so the handle is no longer in use.
        multi.close()
        let (transfers, callers) = mailbox.withLock { mailbox in
            mailbox.hasEnded = true
            defer { (mailbox.transfers, mailbox.waitingForEnd) = ([], []) }
            return (mailbox.transfers, mailbox.waitingForEnd)
        }
        for transfer in transfers { transfer.end(.failure(Self.shutDown)) }
        for caller in callers { caller.resume() }
    }
}

/// The work of the thread: a loop that drives all transfers.
private struct CurlWorker {
    let loop: CurlLoop
    /// The waiting transfers, the oldest first.
    var waiting: [CurlTransfer] = []
    var active: [ObjectIdentifier: CurlHandle] = [:]
    var idle: [CurlHandle] = []
    let sockets = CurlSockets()

    mutating func run() {
        while let transfers = loop.takeTransfers() {
            waiting += transfers
            let deadline = endOverdue()
            startWaiting()
            if !loop.multi.perform() { endAll(HTTPTransportError(.other, reason: "libcurl failed")) }
            // A finished transfer gives its connection to a transfer that libcurl holds back, and libcurl 7.88 may lose
            // the timer that starts it: without another round it would stay where it is.
            let hasFinished = takeFinished()
            let canStart = !waiting.isEmpty && active.count < loop.maximumActive
            if !hasFinished, !canStart { loop.multi.wait(until: deadline) }
        }
        endAll(CurlLoop.shutDown)
        idle = []
    }

    /// Ends transfers that were cancelled or timed out; returns the next deadline.
    private mutating func endOverdue() -> ContinuousClock.Instant {
        let now = ContinuousClock.now
        var next = now.advanced(by: .seconds(3600))
        func isOverdue(_ transfer: CurlTransfer) -> Bool {
            if transfer.isCancelled.load(ordering: .relaxed) {
                transfer.end(.failure(CancellationError()))
            } else if transfer.deadline <= now {
                let moment = transfer.isSent ? "the answer was complete" : "the request was sent"
                transfer.end(.failure(HTTPTransportError(.timeout, reason: "the total time ran out before \(moment)")))
            } else {
                next = min(next, transfer.deadline)
                return false
            }
            return true
        }
        waiting.removeAll(where: isOverdue)
        for handle in active.values where handle.transfer.map(isOverdue) == true { retire(handle) }
        return next
    }

    private mutating func startWaiting() {
        let count = min(waiting.count, loop.maximumActive - active.count)
        for transfer in waiting.prefix(count) {
            do throws(HTTPTransportError) {
                let handle = if let handle = idle.popLast() { handle } else { try CurlHandle(loop.options, sockets) }
                try handle.load(transfer)
                try loop.multi.add(handle)
                active[ObjectIdentifier(handle)] = handle
            } catch {
                transfer.end(.failure(error))
            }
        }
        waiting.removeFirst(count)
        while waiting.count > loop.maximumWaiting, let transfer = waiting.popLast() {
            transfer.end(
                .failure(
                    HTTPTransportError(
                        .overloaded, reason: "\(loop.maximumWaiting) requests are already waiting")))
        }
    }

    /// Ends the transfers that libcurl has finished; false if there are none.
    private mutating func takeFinished() -> Bool {
        var hasFinished = false
        while let (handle, code) = loop.multi.nextFinished() {
            hasFinished = true
            guard let transfer = handle.transfer else { continue }
            if code == CURLE_ABORTED_BY_CALLBACK, transfer.needsOtherConnection {
                // libcurl has closed that connection, so the number of retries is limited.
                loop.multi.remove(handle)
                if (try? loop.multi.add(handle)) != nil { continue }
            }
            let outcome = handle.outcome(code, of: transfer)
            retire(handle)
            transfer.end(outcome)
        }
        return hasFinished
    }

    /// Removes a handle. libcurl closes the connection if the transfer was not complete.
    private mutating func retire(_ handle: CurlHandle) {
        loop.multi.remove(handle)
        active[ObjectIdentifier(handle)] = nil
        // A handle that cannot be reset is released.
        if (try? handle.unload()) != nil, idle.count < 64 { idle.append(handle) }
    }

    private mutating func endAll(_ error: HTTPTransportError) {
        for handle in active.values {
            let transfer = handle.transfer
            retire(handle)
            transfer?.end(.failure(error))
        }
        for transfer in waiting { transfer.end(.failure(error)) }
        waiting = []
    }
}

/// libcurl's multi handle.
///
/// Unchecked because only the loop's thread uses it, except for ``wakeUp()``, which libcurl allows on any thread.
@safe private struct CurlMulti: @unchecked Sendable {
    /// Nil if libcurl has no memory. Setting the first option then throws.
    private let pointer = unsafe curl_multi_init()

    init(_ configuration: CurlTransport.Configuration) throws(HTTPTransportError) {
        for (option, value) in [
            (CURLMOPT_PIPELINING, Int(CURLPIPE_NOTHING)),
            (CURLMOPT_MAX_HOST_CONNECTIONS, configuration.maximumConnectionsPerHost),
            (CURLMOPT_MAX_TOTAL_CONNECTIONS, configuration.maximumConnections),
            (CURLMOPT_MAXCONNECTS, configuration.maximumConnections),
        ] where unsafe itsmerp_curl_multi_setopt_long(pointer, option, value) != CURLM_OK {
            close()
            throw HTTPTransportError(.other, reason: "libcurl refused the option \(option.rawValue)")
        }
    }

    /// Closes all connections.
    func close() { unsafe curl_multi_cleanup(pointer) }

    func wakeUp() { unsafe curl_multi_wakeup(pointer) }

    func add(_ handle: CurlHandle) throws(HTTPTransportError) {
        guard unsafe curl_multi_add_handle(pointer, handle.pointer) == CURLM_OK else {
            throw HTTPTransportError(.other, reason: "libcurl refused another transfer")
        }
    }

    func remove(_ handle: CurlHandle) { unsafe curl_multi_remove_handle(pointer, handle.pointer) }

    /// Does what is possible without waiting; false if libcurl failed.
    func perform() -> Bool {
        var running: CInt = 0
        return unsafe curl_multi_perform(pointer, &running) == CURLM_OK
    }

    /// Waits until there is something to do, or until `deadline`.
    func wait(until deadline: ContinuousClock.Instant) {
        let milliseconds = CInt(clamping: ContinuousClock.now.duration(to: deadline).wholeMilliseconds)
        if unsafe curl_multi_poll(pointer, nil, 0, milliseconds, nil) != CURLM_OK { usleep(10_000) }
    }

    func nextFinished() -> (CurlHandle, CURLcode)? {
        var code = CURLE_OK
        guard let context = unsafe itsmerp_curl_multi_next_finished(pointer, &code) else { return nil }
        return (unsafe Unmanaged<CurlHandle>.fromOpaque(context).takeUnretainedValue(), code)
    }
}

/// The sockets of libcurl's connections, to check a kept connection before it is used.
///
/// libcurl checks as well, but before release 8.2 it accepts a TLS connection that the server has closed with
/// `close_notify`. nginx closes all connections that way when it reloads, and a request on one would be lost. Only the
/// loop's thread uses this class.
final class CurlSockets {
    /// How libcurl identifies a connection.
    struct Connection: Hashable {
        let address: String
        let port: CInt
        let localPort: CInt
    }

    /// The sockets that carried no request yet.
    private var fresh: Set<curl_socket_t> = []
    private var known: [Connection: curl_socket_t] = [:]

    func opened(_ socket: curl_socket_t) {
        fresh.insert(socket)
    }

    /// Whether a request may use a connection. It may not if unexpected data has arrived.
    func isUsable(_ connection: Connection) -> Bool {
        if let socket = fresh.first(where: { itsmerp_local_port($0) == connection.localPort }) {
            // The first data on a new connection belongs to the handshake.
            fresh = fresh.filter { $0 != socket && itsmerp_local_port($0) > 0 }
            // Without those that were closed since.
            known = known.filter { itsmerp_local_port($0.value) == $0.key.localPort }
            known[connection] = socket
            return true
        }
        // A new socket may have the number of a closed one.
        guard let socket = known[connection], itsmerp_local_port(socket) == connection.localPort else { return true }
        return itsmerp_is_silent(socket)
    }
}
