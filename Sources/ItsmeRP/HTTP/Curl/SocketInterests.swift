/// What libcurl waits for at each socket, and what the system was told of it.
///
/// libcurl wants nothing of a connection between two requests, and says so each time. Here the socket of a connection
/// stays in the system's set meanwhile, so that the next request on it, which waits for the same, costs no system call.
/// It leaves the set when it is closed, or when something happens to it that nobody waits for.
///
/// Other sockets (of name resolution) come and go with no word of their closing, so they are never kept.
package struct SocketInterests {
    /// What the system has to be told of a socket.
    package enum Change: Equatable {
        case add(UInt32)
        case modify(UInt32)
        case remove
    }

    private struct Interest {
        /// Events that libcurl waits for; zero is none.
        var wanted: UInt32 = 0
        /// Events that the system knows of; zero when the socket is not in its set.
        var known: UInt32 = 0
        var isConnection = false
        var isListed = false
    }

    /// By number of the socket: the system gives the lowest that is free, so there are no gaps to speak of.
    private var interests: [Interest] = []
    /// The connections whose interest has changed.
    private var changed: [Int32] = []

    package init() {}

    /// Whether libcurl waits for anything at `socket`.
    package func isWanted(_ socket: Int32) -> Bool {
        guard let place = Int(exactly: socket), interests.indices.contains(place) else { return false }
        return interests[place].wanted != 0
    }

    /// Notes that libcurl waits for `events`; returns what the system has to be told at once.
    ///
    /// A connection's change can wait: see ``nextChange()``.
    package mutating func want(_ events: UInt32, of socket: Int32) -> Change? {
        guard let place = place(of: socket) else { return nil }
        interests[place].wanted = events
        guard interests[place].isConnection else { return change(at: place) }
        if !interests[place].isListed, events != 0, events != interests[place].known {
            interests[place].isListed = true
            changed.append(socket)
        }
        return nil
    }

    /// Takes the next connection of which the system has to be told something; nil when there is none.
    package mutating func nextChange() -> (Int32, Change)? {
        while let socket = changed.popLast() {
            let place = Int(socket)
            interests[place].isListed = false
            // What is not wanted any more stays.
            guard interests[place].wanted != 0, let change = change(at: place) else { continue }
            return (socket, change)
        }
        return nil
    }

    /// Takes `socket`, at which something happened that nobody waits for, out of the set.
    package mutating func drop(_ socket: Int32) -> Change? {
        guard let place = place(of: socket) else { return nil }
        return change(at: place)
    }

    /// Notes that `socket` is a new connection's.
    package mutating func opened(_ socket: Int32) {
        guard let place = place(of: socket) else { return }
        interests[place].isConnection = true
        interests[place].wanted = 0
        interests[place].known = 0
    }

    /// Forgets a connection's socket, whose number may be another's soon.
    package mutating func closing(_ socket: Int32) -> Change? {
        guard let place = place(of: socket) else { return nil }
        interests[place].isConnection = false
        interests[place].wanted = 0
        return change(at: place)
    }

    private mutating func change(at place: Int) -> Change? {
        let (wanted, known) = (interests[place].wanted, interests[place].known)
        guard wanted != known else { return nil }
        interests[place].known = wanted
        if wanted == 0 { return .remove }
        return known == 0 ? .add(wanted) : .modify(wanted)
    }

    private mutating func place(of socket: Int32) -> Int? {
        guard let place = Int(exactly: socket), place >= 0 else { return nil }
        while interests.count <= place { interests.append(Interest()) }
        return place
    }
}
