public import HTTPTypes
public import ItsmeRP
import Synchronization
import WebFormats

/// A browser for tests of an application, with a person in front of it.
///
/// It follows redirects between the application and the sandbox, where the person answers at once. It keeps cookies as
/// browsers do. It needs no server, and it has no scripts.
///
/// ```swift
/// let browser = TestBrowser(application: application, at: "https://shop.example.be", sandbox: sandbox)
/// let page = try await browser.get("/login")
/// XCTAssertEqual(page.path, "/account")
/// ```
///
/// A browser is one tab. ``openTab()`` opens another one with the same cookies, ``otherBrowser()`` a browser without
/// them. A tab may load several pages at the same time.
///
/// Hosts count as sites: a subdomain is another site. Cookies expire by the sandbox's clock.
public final class TestBrowser: Sendable {
    /// Answers a request to the application.
    public typealias Application = @Sendable (HTTPRequest, [UInt8]) async throws -> HTTPReply

    private struct Visit {
        let url: String
        let method: HTTPRequest.Method
        let body: [UInt8]
    }

    private struct State {
        var persona: Persona?
        var headerFields: HTTPFields = [.accept: "text/html,application/xhtml+xml,*/*;q=0.8"]
        var history: [Visit] = []
    }

    private static let maximumRedirects = 20

    private let application: Application
    private let origin: String
    private let sandbox: Sandbox
    private let jar: CookieJar
    private let state: Mutex<State>

    /// Makes a browser without cookies.
    ///
    /// - Parameters:
    ///   - application: What is tested.
    ///   - origin: The origin of the application: that of its redirect URI.
    ///   - sandbox: The sandbox to which the application sends the browser.
    ///   - persona: The person; see ``persona``.
    public convenience init(
        application: any HTTPHandler, at origin: String, sandbox: Sandbox, as persona: Persona? = .belgianEID
    ) {
        self.init(at: origin, sandbox: sandbox, as: persona) { request, body in
            await application.respond(to: request, body: body)
        }
    }

    /// Makes a browser without cookies, for an application that is not an `HTTPHandler`.
    ///
    /// ```swift
    /// let browser = TestBrowser(at: "https://shop.example.be", sandbox: sandbox) { request, body in
    ///     try await myFramework.send(request, body)
    /// }
    /// ```
    ///
    /// - Parameters:
    ///   - origin: The scheme and the host of the application, such as `https://shop.example.be`.
    ///   - sandbox: Takes the place of itsme.
    ///   - persona: Who answers; `nil` if nobody does.
    ///   - application: Answers requests; what it throws, the browser throws. It must not follow redirects.
    public convenience init(
        at origin: String, sandbox: Sandbox, as persona: Persona? = .belgianEID, application: @escaping Application
    ) {
        self.init(application, origin, sandbox, CookieJar(), State(persona: persona))
    }

    private init(
        _ application: @escaping Application, _ origin: String, _ sandbox: Sandbox, _ jar: CookieJar, _ state: State
    ) {
        self.application = application
        self.origin = WebAddress(origin)?.origin ?? origin
        self.sandbox = sandbox
        self.jar = jar
        self.state = Mutex(state)
    }

    // MARK: The person, and what the browser sends

    /// The person, who answers each authorization request at once, and need not be one of the sandbox's personas.
    ///
    /// `nil` for a person who does nothing: the browser then stays on the sandbox's page. Change it and ``reload()`` to
    /// answer later.
    public var persona: Persona? {
        get { state.withLock { $0.persona } }
        set { state.withLock { $0.persona = newValue } }
    }

    /// Header fields of every request, such as `Accept-Language`. The browser adds `Cookie` and what a form needs.
    public var headerFields: HTTPFields {
        get { state.withLock { $0.headerFields } }
        set { state.withLock { $0.headerFields = newValue } }
    }

    /// The cookies that have not expired, of all hosts, oldest first.
    public var cookies: [BrowserCookie] { jar.cookies(now: sandbox.core.now) }

    /// The cookies that the application or the sandbox set and browsers ignore, with the reasons.
    public var refusedCookies: [RefusedCookie] { jar.refused }

    /// Forgets the cookies whose names start with `prefix`; by default all.
    public func removeCookies(startingWith prefix: String = "") { jar.remove { $0.name.hasPrefix(prefix) } }

    // MARK: Pages

    /// Opens a page as if the person had typed its URL.
    ///
    /// - Parameters:
    ///   - url: A path of the application, or an absolute URL of the application or the sandbox.
    ///   - headerFields: More fields, for the first request only.
    /// - Throws: ``TestBrowserError``, and what the application throws.
    public func get(_ url: String, headerFields: HTTPFields = [:]) async throws -> TestPage {
        try await open(Visit(url: resolve(url), method: .get, body: []), fields: headerFields)
    }

    /// Sends a form of a page of the application.
    ///
    /// - Parameters:
    ///   - url: As for ``get(_:headerFields:)``.
    ///   - form: Names and values.
    ///   - headerFields: More fields, for the first request only.
    /// - Throws: ``TestBrowserError``, and what the application throws.
    public func post(
        _ url: String, form: KeyValuePairs<String, String> = [:], headerFields: HTTPFields = [:]
    ) async throws -> TestPage {
        let body = FormEncoding.bytes(form.map { ($0.key, $0.value) })
        return try await open(Visit(url: resolve(url), method: .post, body: body), fields: headerFields)
    }

    /// Asks for the page of this tab again. A page that answered a form gets the form again.
    ///
    /// - Throws: ``TestBrowserError``, and what the application throws.
    public func reload() async throws -> TestPage {
        guard let visit = state.withLock({ $0.history.last }) else { throw TestBrowserError.noPage }
        return try await open(visit, replacing: 1)
    }

    /// Goes back to the page before, and asks for it again, as browsers do with pages that must not be stored.
    ///
    /// Like a browser, it does not stop at redirects. To open the callback of a login again, ``get(_:headerFields:)`` its
    /// URL in ``TestPage/trail``.
    ///
    /// - Throws: ``TestBrowserError``, and what the application throws.
    public func back() async throws -> TestPage {
        guard let visit = state.withLock({ $0.history.dropLast().last }) else { throw TestBrowserError.noPage }
        return try await open(visit, replacing: 2)
    }

    /// Another tab: the same person and the same cookies, without a page.
    public func openTab() -> TestBrowser { TestBrowser(application, origin, sandbox, jar, withoutPages) }

    /// Another browser of the same person, without cookies and without a page.
    public func otherBrowser() -> TestBrowser { TestBrowser(application, origin, sandbox, CookieJar(), withoutPages) }

    private var withoutPages: State {
        var state = state.withLock { $0 }
        state.history = []
        return state
    }

    private func resolve(_ url: String) -> String { url.hasPrefix("/") ? origin + url : url }

    /// Opens a page, which takes the place of the last `count` pages of the history.
    private func open(_ visit: Visit, fields: HTTPFields = [:], replacing count: Int = 0) async throws -> TestPage {
        var (visit, fields) = (visit, fields)
        var trail: [TestPage.Redirect] = []
        var isCrossSite = false
        for _ in 0...Self.maximumRedirects {
            let address = try address(visit.url)
            let reply = try await send(visit, to: address, fields: fields, isCrossSite: isCrossSite)
            fields = [:]
            guard let next = Self.redirect(reply, of: visit), let nextAddress = try? self.address(next.url) else {
                state.withLock { $0.history = $0.history.dropLast(count) + [visit] }
                return TestPage(url: visit.url, reply: reply, trail: trail)
            }
            trail.append(TestPage.Redirect(url: visit.url, status: reply.response.status.code))
            // What follows a page of another site was caused by that page, even if it is at home again.
            isCrossSite = isCrossSite || nextAddress.host != address.host || nextAddress.scheme != address.scheme
            visit = next
        }
        throw TestBrowserError.tooManyRedirects
    }

    /// The address of a URL that the browser can open.
    private func address(_ url: String) throws -> WebAddress {
        guard let address = WebAddress(url, maximumLength: FormParameters.maximumSize),
            address.origin == origin || address.origin == sandbox.origin
        else { throw TestBrowserError.elsewhere }
        return address
    }

    private func send(
        _ visit: Visit, to address: WebAddress, fields: HTTPFields, isCrossSite: Bool
    ) async throws -> HTTPReply {
        var request = HTTPRequest(method: visit.method, url: address)
        request.headerFields = headerFields
        for field in fields { request.headerFields[field.name] = field.value }
        let now = sandbox.core.now
        if let cookies = jar.field(for: address, method: visit.method, isCrossSite: isCrossSite, now: now) {
            // One line, as browsers send it over HTTP/1.1. The subscript would make a line of each cookie.
            request.headerFields.append(HTTPField(name: .cookie, value: cookies))
        }
        if visit.method == .post {
            request.headerFields[.contentType] = "application/x-www-form-urlencoded"
            request.headerFields[.contentLength] = String(visit.body.count)
            request.headerFields[.origin] = isCrossSite ? "null" : address.origin
        }
        let reply =
            address.origin == sandbox.origin
            ? await sandbox.respond(to: request, body: visit.body, as: persona)
            : try await application(request, visit.body)
        jar.store(
            reply.response.headerFields[values: .setCookie], from: address, now: sandbox.core.now)
        return reply
    }

    /// Where `reply` sends the browser (RFC 9110 section 15.4); `nil` if it does not.
    private static func redirect(_ reply: HTTPReply, of visit: Visit) -> Visit? {
        guard let location = reply.response.headerFields[.location],
            let url = TestPage.resolve(location, from: visit.url)
        else { return nil }
        switch reply.response.status.code {
        case 301, 302, 303: return Visit(url: url, method: .get, body: [])
        case 307, 308: return Visit(url: url, method: visit.method, body: visit.body)
        default: return nil
        }
    }
}

/// Why a ``TestBrowser`` shows no page.
public enum TestBrowserError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The URL is neither of the application nor of the sandbox.
    case elsewhere
    /// More than 20 redirects followed each other.
    case tooManyRedirects
    /// The tab has no page to reload or to go back to.
    case noPage

    /// What is wrong, and what to do.
    public var description: String {
        switch self {
        case .elsewhere:
            "The URL is neither of the application nor of the sandbox. Give the browser the origin of the redirect URI."
        case .tooManyRedirects: "More than 20 redirects followed each other. Look for a loop in the application."
        case .noPage: "The tab has no such page. Open a page first."
        }
    }
}
