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
        private var interests = SocketInterests()
        private var timer: ContinuousClock.Instant?
        private var hasFailed = false

        init() throws(HTTPTransportError) {
            epoll = epoll_create1(CInt(EPOLL_CLOEXEC))
            bell = eventfd(0, CInt(EFD_CLOEXEC | EFD_NONBLOCK))
            unsafe events = .allocate(capacity: Self.capacity)
            unsafe events.initialize(repeating: epoll_event(), count: Self.capacity)
            guard epoll >= 0, bell >= 0, isSet(bell, EPOLLIN.rawValue, EPOLL_CTL_ADD) else {
                throw HTTPTransportError(.other, reason: "the system gives no handle to wait with")
            }
        }

        deinit {
            if epoll >= 0 { close(epoll) }
            if bell >= 0 { close(bell) }
            unsafe events.deallocate()
        }

        /// Lets libcurl say what it waits for; this object has to outlive `multi`.
        func attach(to multi: UnsafeMutableRawPointer) throws(HTTPTransportError) {
            let context = unsafe Unmanaged.passUnretained(self).toOpaque()
            guard unsafe itsmerp_curl_multi_set_callbacks(multi, onSocket, onTimer, context) == CURLM_OK else {
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
            settle()
            guard !takeFailure() else { return false }
            let count = unsafe epoll_wait(epoll, events, CInt(Self.capacity), milliseconds(pause))
            guard count >= 0 || errno == EINTR else { return false }
            for place in 0..<max(Int(count), 0) {
                let (socket, ready) = unsafe (events[place].data.fd, events[place].events)
                if socket == bell {
                    var rings: UInt64 = 0
                    _ = unsafe read(bell, &rings, MemoryLayout<UInt64>.size)
                    continue
                }
                guard interests.isWanted(socket) else {
                    // Kept in the set for the next request, but the server has closed it, or talks out of turn.
                    apply(interests.drop(socket), socket)
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
            guard let due = timer, due <= .now else { return !takeFailure() }
            timer = nil
            return unsafe act(curl_socket_t(CURL_SOCKET_TIMEOUT), 0, multi)
        }

        private func act(_ socket: curl_socket_t, _ mask: CInt, _ multi: UnsafeMutableRawPointer) -> Bool {
            var running: CInt = 0
            let code = unsafe curl_multi_socket_action(multi, socket, mask, &running)
            return !takeFailure() && code == CURLM_OK
        }

        /// Whether a socket could not be watched since the last call: the exchanges of now end, later ones may work.
        private func takeFailure() -> Bool {
            defer { hasFailed = false }
            return hasFailed
        }

        private func milliseconds(_ pause: Duration) -> CInt {
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
        private func settle() {
            while let (socket, change) = interests.nextChange() { apply(change, socket) }
        }

        private func apply(_ change: SocketInterests.Change?, _ socket: curl_socket_t) {
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

        private func isSet(_ socket: curl_socket_t, _ events: UInt32, _ operation: CInt) -> Bool {
            var event = unsafe epoll_event(events: events, data: epoll_data(fd: socket))
            return unsafe epoll_ctl(epoll, operation, socket, &event) == 0
        }

        fileprivate func change(_ socket: curl_socket_t, _ what: CInt) {
            var events: UInt32 = 0
            if what == CURL_POLL_IN || what == CURL_POLL_INOUT { events |= EPOLLIN.rawValue }
            if what == CURL_POLL_OUT || what == CURL_POLL_INOUT { events |= EPOLLOUT.rawValue }
            apply(interests.want(events, of: socket), socket)
        }

        fileprivate func opened(_ socket: curl_socket_t) {
            interests.opened(socket)
        }

        fileprivate func closing(_ socket: curl_socket_t) {
            apply(interests.closing(socket), socket)
        }

        fileprivate func setTimer(_ milliseconds: Int) {
            timer = milliseconds < 0 ? nil : .now.advanced(by: .milliseconds(milliseconds))
        }
    }

    // MARK: - Callbacks

    extension CurlEasy {
        /// Lets `watch`, which has to outlive all connections, know when libcurl opens and closes one.
        func report(to watch: SocketWatch) throws(HTTPTransportError) {
            let context = unsafe Unmanaged.passUnretained(watch).toOpaque()
            guard unsafe itsmerp_curl_easy_set_socket_callbacks(pointer, onOpened, onClose, context) == CURLE_OK else {
                throw HTTPTransportError(.other, reason: "libcurl does not take the callbacks")
            }
        }
    }

    private func onOpened(
        _ context: UnsafeMutableRawPointer?, _ socket: curl_socket_t, _: curlsocktype
    ) -> CInt {
        if let context = unsafe context {
            unsafe Unmanaged<SocketWatch>.fromOpaque(context).takeUnretainedValue().opened(socket)
        }
        return CInt(CURL_SOCKOPT_OK)
    }

    private func onClose(_ context: UnsafeMutableRawPointer?, _ socket: curl_socket_t) -> CInt {
        if let context = unsafe context {
            unsafe Unmanaged<SocketWatch>.fromOpaque(context).takeUnretainedValue().closing(socket)
        }
        return close(socket)
    }

    private func onSocket(
        _: UnsafeMutableRawPointer?, _ socket: curl_socket_t, _ what: CInt, _ context: UnsafeMutableRawPointer?,
        _: UnsafeMutableRawPointer?
    ) -> CInt {
        guard let context = unsafe context else { return 0 }
        unsafe Unmanaged<SocketWatch>.fromOpaque(context).takeUnretainedValue().change(socket, what)
        return 0
    }

    private func onTimer(
        _: UnsafeMutableRawPointer?, _ milliseconds: Int, _ context: UnsafeMutableRawPointer?
    ) -> CInt {
        guard let context = unsafe context else { return 0 }
        unsafe Unmanaged<SocketWatch>.fromOpaque(context).takeUnretainedValue().setTimer(milliseconds)
        return 0
    }
#endif
