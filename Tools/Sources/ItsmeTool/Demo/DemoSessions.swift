import HTTPTypes
import JOSE
import Synchronization

/// Who is logged in, by the session cookie of their browser.
final class DemoSessions: Sendable {
    /// The session of a person.
    struct Session: Sendable {
        let subject: String
        /// What itsme said of the person, by the service that asked.
        var results: [DemoService: DemoResult] = [:]
    }

    private let cookie: String
    private let sessions = Mutex<[String: Session]>([:])

    /// - Parameter cookie: The name of the cookie.
    init(cookie: String) { self.cookie = cookie }

    /// The session of the browser that sends `request`; nil when nobody is logged in there.
    func session(of request: HTTPRequest) -> Session? {
        identifier(in: request).flatMap { identifier in sessions.withLock { $0[identifier] } }
    }

    /// Keeps a result in a new session, which takes the place of the browser's old one: a session from before a login is
    /// never gone on with (session fixation).
    ///
    /// - Returns: The value of `Set-Cookie`. On loopback over http there is no `Secure`; elsewhere there must be.
    func renew(with result: DemoResult, of service: DemoService, for request: HTTPRequest) throws -> String {
        let identifier = Base64URL.encode(try RandomSource.system.bytes(24))
        let old = self.identifier(in: request)
        sessions.withLock { sessions in
            let previous = old.flatMap { sessions.removeValue(forKey: $0) }
            var session = Session(subject: result.subject)
            if let previous, previous.subject == result.subject { session = previous }
            session.results[service] = result
            sessions[identifier] = session
        }
        return "\(cookie)=\(identifier); Path=/; HttpOnly; SameSite=Lax"
    }

    private func identifier(in request: HTTPRequest) -> String? {
        for field in request.headerFields[values: .cookie] {
            for pair in field.split(separator: ";") {
                let halves = pair.drop { $0 == " " }.split(separator: "=", maxSplits: 1)
                if halves.count == 2, halves[0] == cookie { return String(halves[1]) }
            }
        }
        return nil
    }
}
