public import HTTPTypes
public import ItsmeRP
import JOSE
import Logging

/// A local itsme: the provider's side of the protocol, to develop and test relying parties against.
///
/// It answers at itsme's paths under its issuer. It is as strict as itsme's documentation and no stricter. It explains
/// each refusal: on its page or in the error that the relying party gets, in ``refusals``, and in the log. It is a
/// handler without a server.
///
/// ```swift
/// let sandbox = try Sandbox(
///     SandboxConfiguration(issuer: "http://127.0.0.1:8080/v2", clients: [client]), transport: transport)
/// let reply = await sandbox.respond(to: request, body: [])
/// ```
///
/// In tests, ``init(for:services:transport:)`` registers the client of an application, ``approve(_:as:)`` answers an
/// authorization request, and ``TestBrowser`` walks between the application and the sandbox.
///
/// Three parameters of an authorization request are for development only. `approve=PERSONA` answers at once: the persona
/// approves, or does what `behaviour=NAME` says; see ``SandboxBehaviour``. `approve=cancel` cancels. `fault=NAME` beside
/// it injects the ``SandboxFault`` with this name. Without `approve`, a page takes the person through the sign-in, and
/// offers all this too.
///
/// The pages start at the root of the host. QR codes and backchannel requests wait until ``scanQRCode(as:behaving:)`` or
/// ``answerBackchannelRequest(approving:)`` is called, or somebody answers on the page `/sandbox/phone`.
///
/// The sandbox gives tokens to everybody, so serve it on a loopback address only; see
/// ``SandboxConfiguration/isLoopback(host:)``.
public final class Sandbox: HTTPHandler {
    /// The issuer of its tokens. All its URLs start with it.
    public let issuer: String

    let core: SandboxCore

    /// Makes a sandbox.
    ///
    /// - Parameters:
    ///   - configuration: Issuer, clients, personas and options.
    ///   - transport: Fetches the JWK Sets and request objects of relying parties.
    /// - Throws: ``SandboxConfigurationError`` that names the field and the remedy.
    public init(
        _ configuration: SandboxConfiguration, transport: any HTTPTransport
    ) throws(SandboxConfigurationError) {
        core = try SandboxCore(configuration, transport: transport)
        issuer = core.endpoints.issuer
    }

    /// The refusals so far, oldest first. The last thousand are kept.
    public var refusals: [SandboxRefusal] { core.state.refusals }

    /// Forgets the refusals so far.
    public func forgetRefusals() { core.state.forgetRefusals() }

    /// The last requests of relying parties and their answers, newest last: at most
    /// ``SandboxConfiguration/recordedRequestLimit``, 100 by default.
    ///
    /// ```swift
    /// let request = sandbox.recordedRequests.last { $0.endpoint == .authorization }
    /// XCTAssertEqual(request?.requestObject?["scope"], "openid service:SHOP_LOGIN")
    /// ```
    public var recordedRequests: [RecordedRequest] { core.recorder.requests }

    /// Forgets the requests and sessions so far.
    public func forgetRecordedRequests() { core.recorder.forget() }

    /// The people who can answer, in the order of the sign-in page.
    public var personas: [Persona] { core.personas }

    /// Registers a client, or replaces the registration with the same client id.
    public func register(_ client: ClientRegistration) throws(SandboxConfigurationError) {
        try core.register(client)
    }

    /// Replaces the sandbox's own keys, as itsme does when it rotates them.
    public func replaceKeys(_ keys: SandboxKeys) throws(SandboxConfigurationError) {
        try core.replaceKeys(keys)
    }

    /// Forgets the JWK Sets of relying parties. The next request fetches them again.
    public func forgetClientKeys() async { await core.clientKeys.forgetAll() }

    /// Alters the next good answer of the fault's place, once. Several faults of one place alter one answer each, in
    /// order.
    public func inject(_ fault: SandboxFault) { core.faults.append(fault) }

    /// The faults that have not altered an answer yet, in the order in which they were injected.
    public var pendingFaults: [SandboxFault] { core.faults.waiting }

    /// Forgets the faults that have not altered an answer yet.
    public func removeFaults() { core.faults.removeAll() }

    /// Lets a persona scan the newest QR code of a client. `false` when no code waits or the persona is unknown.
    ///
    /// - Parameters:
    ///   - persona: The ``Persona/id`` of one of ``personas``.
    ///   - behaviour: What the person does with the request that follows.
    @discardableResult
    public func scanQRCode(as persona: String, behaving behaviour: SandboxBehaviour = .approves) -> Bool {
        guard let persona = core.persona(persona) else { return false }
        return Phone(core: core).scan(
            core.backchannel.waitingSessions(now: core.now).last?.handle,
            as: PersonChoice(persona: persona, behaviour: behaviour))
    }

    /// Answers the newest backchannel request as the person it is for, and pings the relying party if it is registered
    /// for pings. `false` when no request waits. A persona that always cancels cancels it.
    @discardableResult
    public func answerBackchannelRequest(approving: Bool = true) async -> Bool {
        await Phone(core: core).answer(
            core.backchannel.waitingRequests(now: core.now).last?.handle, approving: approving)
    }

    /// Answers a request to one of the endpoints.
    public func respond(to request: HTTPRequest, body: [UInt8]) async -> HTTPReply {
        await respond(to: request, body: body, as: nil)
    }

    /// Answers a request. `person`, if given, answers an authorization request at once.
    func respond(to request: HTTPRequest, body: [UInt8], as person: Persona?) async -> HTTPReply {
        let target = request.path ?? "/"
        let mark = target.firstIndex(of: "?")
        let path = target[..<(mark ?? target.endIndex)]
        let query = mark.map { Array(target[target.index(after: $0)...].utf8) } ?? []
        let endpoint = core.endpoints.endpoint(at: path)
        // Browsers ask for the icon of their own accord.
        let isIcon = path == "/favicon.ico"
        let recorded = endpoint.map(RecordedRequest.Endpoint.init) ?? (isIcon ? nil : .unknown)
        return await core.recorder.recording(request, to: recorded, body: body) {
            await answer(request, to: endpoint, path: path, query: query, body: body, as: person)
        }
    }

    private func answer(
        _ request: HTTPRequest, to endpoint: SandboxEndpoints.Endpoint?, path: Substring, query: [UInt8], body: [UInt8],
        as person: Persona?
    ) async -> HTTPReply {
        if let endpoint, endpoint.isPage {
            let origin = SameOrigin(core.endpoints)
            guard origin.isForOwnHost(request), request.method != .post || origin.isFromOwnPage(request) else {
                return core.page(SandboxRefusal(.pageForeign), status: .forbidden)
            }
        }
        switch endpoint {
        case .configuration:
            return await DiscoveryEndpoint(core: core).configuration(request)
        case .jwkSet:
            return await DiscoveryEndpoint(core: core).jwkSet(request)
        case .attackerKeys:
            return DiscoveryEndpoint(core: core).attackerKeys()
        case .authorization:
            return await AuthorizationEndpoint(core: core).respond(to: request, query: query, as: person)
        case .signIn:
            return await SignInEndpoint(core: core).respond(to: request, query: query, body: body)
        case .token:
            return await TokenEndpoint(core: core).respond(to: request, body: body)
        case .revocation:
            return RevocationEndpoint(core: core).respond(to: request, body: body)
        case .userInfo:
            return await UserInfoEndpoint(core: core).respond(to: request, query: query)
        case .picture:
            return UserInfoEndpoint(core: core).picture(request, query: query)
        case .backchannelAuthentication where core.profile.profile == .v2:
            return await BackchannelAuthenticationEndpoint(core: core).respond(to: request, body: body)
        case .userDiscovery where core.profile.profile == .v2:
            return await UserDiscoveryEndpoint(core: core).respond(
                to: request, session: core.endpoints.segment(after: .userDiscovery, in: path), body: body)
        case .phone:
            return await PhoneEndpoint(core: core).respond(to: request, query: query, body: body)
        case .index:
            return IndexPage(core: core).respond(to: request)
        case .faults:
            return FaultEndpoint(core: core).respond(to: request, query: query, body: body)
        case .sessions:
            return SessionsEndpoint(core: core).respond(
                to: request, session: core.endpoints.segment(after: .sessions, in: path), body: body)
        case .clients:
            return ClientsEndpoint(core: core).respond(to: request, query: query, body: body)
        case .api:
            return await APIEndpoint(core: core).respond(
                to: request, path: String(path.dropFirst(core.endpoints.path(.api).count)), body: body)
        case .backchannelAuthentication, .userDiscovery, nil:
            return core.page(
                SandboxRefusal(
                    .unknownPath, sent: [.init("path", String(path))], expected: [.init("path", core.endpoints.paths)]),
                status: .notFound)
        }
    }
}
