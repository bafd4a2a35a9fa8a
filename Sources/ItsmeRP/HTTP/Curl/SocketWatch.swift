#if os(Linux)
    import CCurl

    #if canImport(Musl)
        import Musl
    #else
        import Glibc
    #endif

    /// What the loop's thread sleeps on: the sockets that libcurl waits for (epoll), the time at which it wants to be
    /// called, and a bell for callers (eventfd).
    ///
    /// libcurl says once per change what it waits for, so that a round costs as much as there is to do; asking it about
    /// all exchanges in each round, as `curl_multi_perform` does, costs as much as there are exchanges.
    ///
    /// Unchecked because callers only ring, which any thread may do; the rest is the loop's thread's. A caller that rings
    /// while the thread ends may be the last to let go, and then closes the handles, which nobody else has any more.
    @safe final class SocketWatch: @unchecked Sendable {
        private static let capacity = 128

        private let epoll: CInt
        private let bell: CInt
        private let events: UnsafeMutablePointer<epoll_event>
        /// What libcurl's callbacks change, in memory of its own, whose address they get.
        fileprivate let state: UnsafeMutablePointer<State>

        /// What libcurl waits for.
        fileprivate struct State {
            fileprivate let epoll: CInt
            var interests = SocketInterests()
            var timer: ContinuousClock.Instant?
            var hasFailed = false
        }

        init() throws(HTTPTransportError) {
            epoll = epoll_create1(CInt(EPOLL_CLOEXEC))
            bell = eventfd(0, CInt(EFD_CLOEXEC | EFD_NONBLOCK))
            unsafe events = .allocate(capacity: Self.capacity)
            unsafe events.initialize(repeating: epoll_event(), count: Self.capacity)
            unsafe state = .allocate(capacity: 1)
            unsafe state.initialize(to: State(epoll: epoll))
            guard epoll >= 0, bell >= 0, unsafe state.pointee.isSet(bell, EPOLLIN.rawValue, EPOLL_CTL_ADD) else {
                throw HTTPTransportError(.other, reason: "the system gives no handle to wait with")
            }
        }

        deinit {
            if epoll >= 0 { close(epoll) }
            if bell >= 0 { close(bell) }
            unsafe events.deallocate()
            unsafe state.deinitialize(count: 1)
            unsafe state.deallocate()
        }

        /// Lets libcurl say what it waits for; this object has to outlive `multi`.
        func attach(to multi: UnsafeMutableRawPointer) throws(HTTPTransportError) {
            guard unsafe itsmerp_curl_multi_set_callbacks(multi, onSocket, onTimer, state) == CURLM_OK else {
                throw HTTPTransportError(.other, reason: "libcurl does not take the callbacks")
            }
        }

        /// Wakes the thread.
        func ring() {
            var one: UInt64 = 1
            // Fails only when the bell has been rung often enough already.
            _ = unsafe write(bell, &one, MemoryLayout<UInt64>.size)
        }

        /// Sleeps until there is something to do, `pause` at most, and lets libcurl do it; false when something broke.
        func wait(_ pause: Duration, for multi: UnsafeMutableRawPointer) -> Bool {
            unsafe state.pointee.settle()
            guard unsafe !state.pointee.takeFailure() else { return false }
            let count = unsafe epoll_wait(epoll, events, CInt(Self.capacity), state.pointee.milliseconds(pause))
            guard count >= 0 || errno == EINTR else { return false }
            for place in 0..<max(Int(count), 0) {
                let (socket, ready) = unsafe (events[place].data.fd, events[place].events)
                if socket == bell {
                    var rings: UInt64 = 0
                    _ = unsafe read(bell, &rings, MemoryLayout<UInt64>.size)
                    continue
                }
                guard unsafe state.pointee.interests.isWanted(socket) else {
                    // Kept in the set for the next request, but the server has closed it, or talks out of turn.
                    unsafe state.pointee.drop(socket)
                    continue
                }
                var mask: CInt = 0
                if ready & EPOLLIN.rawValue != 0 { mask |= CURL_CSELECT_IN }
                if ready & EPOLLOUT.rawValue != 0 { mask |= CURL_CSELECT_OUT }
                if ready & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0 { mask |= CURL_CSELECT_ERR }
                guard unsafe act(socket, mask, multi) else { return false }
            }
            return unsafe runTimer(multi)
        }

        /// Lets libcurl do what it wanted to do by now; false when something broke.
        func runTimer(_ multi: UnsafeMutableRawPointer) -> Bool {
            guard let due = unsafe state.pointee.timer, due <= .now else {
                return unsafe !state.pointee.takeFailure()
            }
            unsafe state.pointee.timer = nil
            return unsafe act(curl_socket_t(CURL_SOCKET_TIMEOUT), 0, multi)
        }

        private func act(_ socket: curl_socket_t, _ mask: CInt, _ multi: UnsafeMutableRawPointer) -> Bool {
            var running: CInt = 0
            let code = unsafe curl_multi_socket_action(multi, socket, mask, &running)
            return unsafe !state.pointee.takeFailure() && code == CURLM_OK
        }
    }

    extension SocketWatch.State {

        /// Whether a socket could not be watched since the last call: the exchanges of now end, later ones may work.
        mutating func takeFailure() -> Bool {
            defer { hasFailed = false }
            return hasFailed
        }

        func milliseconds(_ pause: Duration) -> CInt {
            guard pause > .zero else { return 0 }
            var pause = pause
            if let timer {
                pause = min(pause, ContinuousClock.now.duration(to: timer))
                guard pause > .zero else { return 0 }
            }
            return CInt(clamping: min(pause.wholeMilliseconds, 3_600_000))
        }

        // MARK: Interest

        /// Tells the system what libcurl waits for now, if it is not what the system knows.
        mutating func settle() {
            while let (socket, change) = interests.nextChange() { apply(change, socket) }
        }

        private mutating func apply(_ change: SocketInterests.Change?, _ socket: curl_socket_t) {
            switch change {
            case nil: break
            case .add(let events):
                // The other operation is right when the number was that of another socket before.
                if !isSet(socket, events, EPOLL_CTL_ADD), !isSet(socket, events, EPOLL_CTL_MOD) { hasFailed = true }
            case .modify(let events):
                if !isSet(socket, events, EPOLL_CTL_MOD), !isSet(socket, events, EPOLL_CTL_ADD) { hasFailed = true }
            case .remove:
                // A socket that is closed already is out of the set by itself.
                _ = isSet(socket, 0, EPOLL_CTL_DEL)
            }
        }

        func isSet(_ socket: curl_socket_t, _ events: UInt32, _ operation: CInt) -> Bool {
            var event = unsafe epoll_event(events: events, data: epoll_data(fd: socket))
            return unsafe epoll_ctl(epoll, operation, socket, &event) == 0
        }

        mutating func change(_ socket: curl_socket_t, _ what: CInt) {
            var events: UInt32 = 0
            if what == CURL_POLL_IN || what == CURL_POLL_INOUT { events |= EPOLLIN.rawValue }
            if what == CURL_POLL_OUT || what == CURL_POLL_INOUT { events |= EPOLLOUT.rawValue }
            apply(interests.want(events, of: socket), socket)
        }

        /// Takes a socket out of the set, at which something happens that libcurl does not wait for.
        mutating func drop(_ socket: curl_socket_t) {
            apply(interests.drop(socket), socket)
        }

        mutating func opened(_ socket: curl_socket_t) {
            interests.opened(socket)
        }

        mutating func closing(_ socket: curl_socket_t) {
            apply(interests.closing(socket), socket)
        }

        mutating func setTimer(_ milliseconds: Int) {
            timer = milliseconds < 0 ? nil : .now.advanced(by: .milliseconds(milliseconds))
        }
    }

    // MARK: - Callbacks

    extension CurlEasy {
        /// Lets `watch`, which has to outlive all connections, know when libcurl opens and closes one.
        func report(to watch: SocketWatch) throws(HTTPTransportError) {
            guard unsafe itsmerp_curl_easy_set_socket_callbacks(pointer, onOpened, onClose, watch.state) == CURLE_OK
            else {
                throw HTTPTransportError(.other, reason: "libcurl does not take the callbacks")
            }
        }
    }

    extension SocketWatch {
        /// What a callback's context leads to; a watch outlives libcurl's handles.
        fileprivate static func state(at context: UnsafeMutableRawPointer?) -> UnsafeMutablePointer<State>? {
            unsafe context?.assumingMemoryBound(to: State.self)
        }
    }

    private func onOpened(
        _ context: UnsafeMutableRawPointer?, _ socket: curl_socket_t, _: curlsocktype
    ) -> CInt {
        unsafe SocketWatch.state(at: context)?.pointee.opened(socket)
        return CInt(CURL_SOCKOPT_OK)
    }

    private func onClose(_ context: UnsafeMutableRawPointer?, _ socket: curl_socket_t) -> CInt {
        unsafe SocketWatch.state(at: context)?.pointee.closing(socket)
        return close(socket)
    }

    private func onSocket(
        _: UnsafeMutableRawPointer?, _ socket: curl_socket_t, _ what: CInt, _ context: UnsafeMutableRawPointer?,
        _: UnsafeMutableRawPointer?
    ) -> CInt {
        unsafe SocketWatch.state(at: context)?.pointee.change(socket, what)
        return 0
    }

    private func onTimer(
        _: UnsafeMutableRawPointer?, _ milliseconds: Int, _ context: UnsafeMutableRawPointer?
    ) -> CInt {
        unsafe SocketWatch.state(at: context)?.pointee.setTimer(milliseconds)
        return 0
    }
#endif
