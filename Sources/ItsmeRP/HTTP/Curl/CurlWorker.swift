import CCurl

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// The thread's work: moves all exchanges forward, one round after the other.
///
/// Not sendable: made by the caller of `CurlLoop.start()`, then used by the one thread only. A value and not an object,
/// so that the compiler sees to it that nothing else works on its parts, and not a check at each of them at run time.
@safe struct CurlWorker: ~Copyable {
    private let loop: CurlLoop
    private let handle: CurlLoop.MultiHandle
    private var multi: UnsafeMutableRawPointer { unsafe handle.pointer }
    private let settings: CurlSettings
    private let maximumActive: Int

    private var orders = CurlLoop.Orders()
    /// In line, the oldest at `firstWaiting`; may hold finished ones (cancelled or out of time), which are skipped.
    private var waiting: [CurlTransfer] = []
    private var firstWaiting = 0
    private var active: [CurlEasy] = []
    private var idle: [CurlEasy] = []

    /// Ended, but their callers do not know yet.
    private var ended: [CurlTransfer] = []

    /// No deadline is earlier than this; may be stale, which costs one look through all.
    private var nextDeadline: ContinuousClock.Instant?

    init(
        loop: CurlLoop, handle: CurlLoop.MultiHandle, settings: CurlSettings
    ) throws(HTTPTransportError) {
        self.loop = loop
        self.settings = settings
        self.handle = handle
        let configuration = settings.configuration
        maximumActive = max(1, configuration.maximumConcurrentRequests)
        let options: [(CURLMoption, Int)] = [
            (CURLMOPT_PIPELINING, Int(CURLPIPE_MULTIPLEX)),
            (CURLMOPT_MAX_HOST_CONNECTIONS, max(1, min(configuration.maximumConnectionsPerHost, 10_000))),
            (CURLMOPT_MAX_TOTAL_CONNECTIONS, max(1, min(configuration.maximumConnections, 10_000))),
            (CURLMOPT_MAXCONNECTS, max(1, min(configuration.maximumConnections, 10_000))),
        ]
        for (option, value) in options
        where unsafe itsmerp_curl_multi_setopt_long(multi, option, value) != CURLM_OK {
            throw HTTPTransportError(.other, reason: "libcurl does not take the option \(option.rawValue)")
        }
        #if os(Linux)
            try unsafe handle.watch.attach(to: multi)
        #endif
        // A first handle, so that what libcurl does not accept shows now and not with the first request.
        idle.append(try newEasy())
    }

    /// Works until the loop is told to stop.
    mutating func run() {
        while true {
            loop.takeOrders(for: &orders)
            if orders.isStopping {
                waiting.append(contentsOf: orders.transfers)
                break
            }
            acceptOrders()
            startWaiting()
            perform()
            takeFinished()
            let pause = expire()
            resumeEnded()
            // A finished exchange made room for one in line: no time to sleep.
            if firstWaiting < waiting.count, active.count < maximumActive { continue }
            sleep(loop.goToSleep() ? pause : .zero)
        }
        endAll(CurlLoop.shutDown)
        resumeEnded()
        idle = []
        loop.ended()
    }

    // MARK: One round

    private mutating func acceptOrders() {
        for transfer in orders.transfers {
            nextDeadline = min(nextDeadline ?? transfer.deadline, transfer.deadline)
            waiting.append(transfer)
        }
        for transfer in orders.cancellations where !transfer.isFinished {
            if let easy = transfer.easy { retire(easy) }
            end(transfer, .failure(CancellationError()))
        }
        // Nothing of a request stays here.
        orders.transfers.removeAll(keepingCapacity: true)
        orders.cancellations.removeAll(keepingCapacity: true)
    }

    private mutating func startWaiting() {
        guard firstWaiting < waiting.count else { return }
        let now = ContinuousClock.now
        while firstWaiting < waiting.count, active.count < maximumActive {
            let transfer = waiting[firstWaiting]
            firstWaiting += 1
            if transfer.isFinished { continue }
            if transfer.deadline <= now {
                end(transfer, .failure(Self.timeout(of: transfer)))
            } else {
                start(transfer)
            }
        }
        if firstWaiting == waiting.count {
            waiting.removeAll(keepingCapacity: true)
            firstWaiting = 0
        } else if firstWaiting >= 1024 {
            waiting.removeFirst(firstWaiting)
            firstWaiting = 0
        }
    }

    private mutating func start(_ transfer: CurlTransfer) {
        do throws(HTTPTransportError) {
            let easy = try nextEasy()
            try easy.prepare(for: transfer)
            guard unsafe curl_multi_add_handle(multi, easy.pointer) == CURLM_OK else {
                throw HTTPTransportError(.other, reason: "libcurl does not take another transfer")
            }
            easy.index = active.count
            active.append(easy)
        } catch {
            transfer.easy = nil
            end(transfer, .failure(error))
        }
    }

    private mutating func nextEasy() throws(HTTPTransportError) -> CurlEasy {
        if let easy = idle.popLast() { return easy }
        return try newEasy()
    }

    private func newEasy() throws(HTTPTransportError) -> CurlEasy {
        let easy = try CurlEasy(settings)
        #if os(Linux)
            try easy.report(to: handle.watch)
        #endif
        return easy
    }

    /// Starts what was added.
    private mutating func perform() {
        #if os(Linux)
            let isGood = unsafe handle.watch.runTimer(multi)
        #else
            var running: CInt = 0
            let isGood = unsafe curl_multi_perform(multi, &running) == CURLM_OK
        #endif
        if !isGood { endAll(Self.broken) }
    }

    private mutating func takeFinished() {
        var code = CURLE_OK
        while let handle = unsafe itsmerp_curl_multi_next_finished(multi, &code) {
            guard let context = unsafe itsmerp_curl_easy_context(handle) else { continue }
            let easy = unsafe Unmanaged<CurlEasy>.fromOpaque(context).takeUnretainedValue()
            guard let transfer = easy.transfer else { continue }
            let result = result(of: easy, transfer, code)
            retire(easy)
            end(transfer, result)
        }
    }

    private func result(
        of easy: CurlEasy, _ transfer: CurlTransfer, _ code: CURLcode
    ) -> Result<CollectedReply, any Error> {
        guard code == CURLE_OK else {
            return .failure(HTTPTransportError(code, of: transfer, on: easy))
        }
        do throws(HTTPTransportError) {
            return .success(try easy.takeReply(andUse: loop.memories.take()))
        } catch {
            return .failure(error)
        }
    }

    /// Ends what has run out of time; returns how long nothing else will.
    private mutating func expire() -> Duration {
        guard let deadline = nextDeadline else { return .seconds(3600) }
        let now = ContinuousClock.now
        guard deadline <= now else { return now.duration(to: deadline) }
        var next: ContinuousClock.Instant?
        for index in active.indices.reversed() {
            guard let transfer = active[index].transfer else { continue }
            if transfer.deadline <= now {
                retire(active[index])
                end(transfer, .failure(Self.timeout(of: transfer)))
            } else {
                next = min(next ?? transfer.deadline, transfer.deadline)
            }
        }
        for transfer in waiting[firstWaiting...] where !transfer.isFinished {
            if transfer.deadline <= now {
                end(transfer, .failure(Self.timeout(of: transfer)))
            } else {
                next = min(next ?? transfer.deadline, transfer.deadline)
            }
        }
        nextDeadline = next
        return next.map { now.duration(to: $0) } ?? .seconds(3600)
    }

    /// Waits for `pause` or until there is something to do; zero only looks.
    private mutating func sleep(_ pause: Duration) {
        #if os(Linux)
            let isGood = unsafe handle.watch.wait(pause, for: multi)
        #else
            // libcurl shortens this to its own next timer.
            let milliseconds = pause > .zero ? CInt(clamping: min(pause.wholeMilliseconds, 3_600_000)) : 0
            let isGood = unsafe curl_multi_poll(multi, nil, 0, milliseconds, nil) == CURLM_OK
        #endif
        if !isGood {
            endAll(Self.broken)
            usleep(10_000)
        }
    }

    // MARK: Ends

    /// Takes a handle out of the loop; libcurl closes the connection if the exchange was not over.
    private mutating func retire(_ easy: CurlEasy) {
        unsafe curl_multi_remove_handle(multi, easy.pointer)
        let last = active.removeLast()
        if last !== easy {
            active[easy.index] = last
            last.index = easy.index
        }
        // A handle that cannot be cleaned is dropped, and with it what it holds.
        if (try? easy.release()) != nil, idle.count < 64 { idle.append(easy) }
    }

    /// Ends `transfer` with `result`; its caller goes on at the end of the round.
    private mutating func end(_ transfer: CurlTransfer, _ result: consuming Result<CollectedReply, any Error>) {
        if transfer.finish(result) { ended.append(transfer) }
    }

    /// Lets the callers of all that has ended go on.
    private mutating func resumeEnded() {
        for transfer in ended { transfer.resume() }
        ended.removeAll(keepingCapacity: true)
    }

    private mutating func endAll(_ error: HTTPTransportError) {
        while let easy = active.last {
            let transfer = easy.transfer
            retire(easy)
            if let transfer { end(transfer, .failure(error)) }
        }
        for transfer in waiting[firstWaiting...] { end(transfer, .failure(error)) }
        waiting = []
        firstWaiting = 0
    }

    private static func timeout(of transfer: CurlTransfer) -> HTTPTransportError {
        HTTPTransportError(
            .timeout,
            reason: transfer.isSent
                ? "the total time ran out before the answer was complete"
                : "the total time ran out before the request was sent")
    }

    private static let broken = HTTPTransportError(.other, reason: "libcurl failed")
}
