import Foundation
import HTTPTypes
import ItsmeRP
import ItsmeSandbox
import JOSE
import Logging
import Synchronization
import TestSupport
import XCTest

/// An application with three services, its sandbox, a browser between the two, and what the application logs.
struct BadDaySite: Sendable {
    static let origin = "https://shop.example.be"
    static let callbackPath = "/itsme/callback"
    static let issuer = "https://itsme.sandbox.example/v2"

    /// What may be wrong.
    struct Faults {
        /// How far the application's clock is ahead of itsme's.
        var clockAhead = Duration.zero
        /// What the application configures.
        var configure: (inout ItsmeConfiguration) throws -> Void = { _ in }
        /// What is registered at itsme.
        var register: (inout ClientRegistration) throws -> Void = { _ in }
        /// The last byte of the sealing key of the instance that gets the callbacks; the starts have 1.
        var sealingKeyOfCallbacks: UInt8 = 1
        /// The network instead of a call in process.
        var transport: (any HTTPTransport)?
        var onLogin: LoginService.OnLogin = { try $0.signIn() }
    }

    let sandbox: Sandbox
    let browser: TestBrowser
    let log: LogRecorder
    let network: BadNetwork

    init(issuer: String = BadDaySite.issuer, _ change: (inout Faults) throws -> Void = { _ in }) throws {
        var faults = Faults()
        try change(&faults)
        let (clock, log) = (SandboxClock(), LogRecorder())
        var configuration = try ItsmeConfiguration.sandbox(
            redirectURI: Self.origin + Self.callbackPath, issuer: issuer, clock: clock)
        let services: [String: ServiceRegistration.Kind] = [
            "SHOP_LOGIN": .login, "SHOP_DATA": .shareData, "SHOP_CONFIRM": .confirm,
        ]
        let sandbox = try Sandbox(for: configuration, services: services)
        var registration = try ClientRegistration(matching: configuration, services: services)
        try faults.register(&registration)
        try sandbox.register(registration)

        if faults.clockAhead != .zero {
            configuration.time =
                SandboxClock(at: clock.now.addingTimeInterval(faults.clockAhead / .seconds(1))).timeSource
        }
        configuration.logger = log.logger
        try faults.configure(&configuration)
        let network = BadNetwork(faults.transport ?? sandbox.transport) { clock.now }
        let client = try ItsmeClient(configuration, transport: network)
        let (starts, callbacks) = (
            try Self.routes(client, key: 1, onLogin: faults.onLogin),
            try Self.routes(client, key: faults.sealingKeyOfCallbacks, onLogin: faults.onLogin)
        )
        self.sandbox = sandbox
        self.log = log
        self.network = network
        browser = TestBrowser(at: Self.origin, sandbox: sandbox) { request, body in
            let isCallback = request.path?.hasPrefix(Self.callbackPath) == true
            return await (isCallback ? callbacks : starts).respond(to: request, body: body)
        }
    }

    private static func routes(
        _ client: ItsmeClient, key: UInt8, onLogin: @escaping LoginService.OnLogin
    ) throws -> HTTPRouter {
        let template = try ConfirmationTemplate.freeText("I order a bicycle.")
        var options = LoginOptions()
        options.defaultTarget = try PostLoginTarget("/account")
        let login = try LoginEndpoints(
            client: client,
            sealer: Sealer(key: SymmetricKey([UInt8](repeating: 0, count: 31) + [key])),
            services: [
                LoginService("login", .login("SHOP_LOGIN"), claims: [.email], onLogin: onLogin),
                LoginService("data", .shareData("SHOP_DATA", .nationalNumber), onLogin: onLogin),
                LoginService("confirm", .confirm("SHOP_CONFIRM", template), onLogin: onLogin),
            ],
            options: options)
        var routes = login.routes
        routes["/account"] = AccountPage(sessions: login.sessions)
        return HTTPRouter(routes)
    }

    /// A login up to itsme's page, and the URL of the callback that itsme would send now.
    func callback(of service: String = "login") async throws -> String {
        let persona = browser.persona
        browser.persona = nil
        defer { browser.persona = persona }
        let approval = try await browser.get("/itsme/\(service)")
        return try await sandbox.approve(approval.url)
    }

    /// Whether the page is that of a person who is logged in.
    func assertLoggedIn(_ page: TestPage, file: StaticString = #filePath, line: UInt = #line) {
        XCTAssertEqual(page.path, "/account", file: file, line: line)
        XCTAssertEqual(page.text, "Hello", file: file, line: line)
    }

    /// What a person sees of a failure, and the log line about it.
    ///
    /// - Parameters:
    ///   - reason: A part of `itsme.reason`.
    ///   - remedy: A part of `itsme.remedy`.
    ///   - title: The title of the page.
    ///   - wayOn: The paths of the links.
    /// - Returns: The log line.
    @discardableResult
    func assertFailure(
        _ page: TestPage, code: String, _ level: Logger.Level, phase: String, reason: String = "", remedy: String,
        service: String?, status: Int, title: String, wayOn: [String], file: StaticString = #filePath,
        line: UInt = #line
    ) throws -> LogRecorder.Line {
        XCTAssertEqual(page.status, status, file: file, line: line)
        XCTAssertTrue(page.text.contains("<h1>\(title)</h1>"), page.text, file: file, line: line)
        XCTAssertEqual(page.links, wayOn.map { Self.origin + $0 }, file: file, line: line)
        let lines = log.takeLines().filter { $0.message == "login failed" }
        XCTAssertEqual(lines.count, 1, "\(lines)", file: file, line: line)
        let entry = try XCTUnwrap(lines.last, file: file, line: line)
        XCTAssertEqual(entry["itsme.code"], code, file: file, line: line)
        XCTAssertEqual(entry.level, level, file: file, line: line)
        XCTAssertEqual(entry["itsme.phase"], phase, file: file, line: line)
        XCTAssertTrue(
            entry["itsme.reason"]?.contains(reason) == true || reason.isEmpty, "\(entry)", file: file, line: line)
        XCTAssertTrue(entry["itsme.remedy"]?.contains(remedy) == true, "\(entry)", file: file, line: line)
        XCTAssertEqual(entry["itsme.service"], service, file: file, line: line)
        let reference = try XCTUnwrap(entry["itsme.reference"], file: file, line: line)
        XCTAssertTrue(page.text.contains("<code>\(reference)</code>"), page.text, file: file, line: line)
        return entry
    }

    /// A person stays on itsme's own page, and the application only knows that a login started.
    func assertEndsAtItsme(
        _ page: TestPage, rule: SandboxRule, service: String = "login", file: StaticString = #filePath,
        line: UInt = #line
    ) throws {
        XCTAssertTrue(page.url.hasPrefix(sandbox.issuer), page.url, file: file, line: line)
        XCTAssertEqual(page.status, 400, file: file, line: line)
        let refusal = try XCTUnwrap(sandbox.refusals.last, file: file, line: line)
        XCTAssertEqual(refusal.rule, rule, file: file, line: line)
        XCTAssertTrue(page.text.contains(rule.id), page.text, file: file, line: line)
        XCTAssertFalse(rule.remedy.isEmpty, file: file, line: line)
        let started = try XCTUnwrap(log.lines.last { $0.message == "login started" }, file: file, line: line)
        XCTAssertEqual(started["itsme.service"], service, file: file, line: line)
        XCTAssertNotNil(started["itsme.reference"], file: file, line: line)
        XCTAssertFalse(log.lines.contains { $0.message == "login failed" }, file: file, line: line)
    }

    /// The log line about the clock.
    func assertClockLine(
        _ reason: String, file: StaticString = #filePath, line: UInt = #line
    ) throws {
        let code = "clock_differs"
        let lines = log.lines.filter { $0.message == "this machine's clock differs from itsme's" }
        XCTAssertEqual(lines.count, 1, "\(log.text)", file: file, line: line)
        let entry = try XCTUnwrap(lines.first, file: file, line: line)
        XCTAssertEqual(entry.level, .error, file: file, line: line)
        XCTAssertEqual(entry["itsme.code"], code, file: file, line: line)
        XCTAssertEqual(entry["itsme.reason"], reason, file: file, line: line)
        XCTAssertTrue(
            entry["itsme.remedy"]?.hasPrefix("Check the clock of this machine") == true, "\(entry)", file: file,
            line: line)
    }

    private struct AccountPage: HTTPHandler {
        let sessions: LoginSessions

        func respond(to request: HTTPRequest, body: [UInt8]) async -> HTTPReply {
            let isLoggedIn = sessions.session(of: request) != nil
            return HTTPReply(
                response: HTTPResponse(status: isLoggedIn ? .ok : .unauthorized),
                body: Array((isLoggedIn ? "Hello" : "Log in").utf8))
        }
    }
}

/// The way to itsme, which a test can interrupt. It adds the date that every server sends, by itsme's clock.
final class BadNetwork: HTTPTransport {
    private let wrapped: any HTTPTransport
    private let now: @Sendable () -> Date
    private let fault = Mutex<HTTPTransportError?>(nil)
    private let shift = Mutex(TimeInterval(0))

    init(_ wrapped: any HTTPTransport, now: @escaping @Sendable () -> Date) {
        self.wrapped = wrapped
        self.now = now
    }

    /// Every request fails in this way from now on.
    func fail(_ error: HTTPTransportError) { fault.withLock { $0 = error } }

    /// Answers have a date that is so many seconds later than itsme's clock.
    func shiftDates(by seconds: TimeInterval) { shift.withLock { $0 = seconds } }

    func send(_ request: HTTPRequest, body: [UInt8], limits: HTTPLimits) async throws -> HTTPReply {
        if let fault = fault.withLock({ $0 }) { throw fault }
        var reply = try await wrapped.send(request, body: body, limits: limits)
        reply.response.headerFields[.date] = Self.text(now().addingTimeInterval(shift.withLock { $0 }))
        return reply
    }

    private static func text(_ date: Date) -> String {
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(identifier: "GMT")
        format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        return format.string(from: date)
    }
}
