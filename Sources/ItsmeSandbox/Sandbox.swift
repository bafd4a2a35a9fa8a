public import HTTPTypes
public import ItsmeRP
import JOSE
import Logging

/// A local itsme: the provider's side of the protocol, to develop and test relying parties against.
///
/// It answers at the real paths under its issuer, is as strict as itsme's documentation and no stricter, and explains
/// each refusal: on the page or in the error that the relying party gets, in ``refusals``, and in the log. It is a
/// handler and knows of no server.
///
/// ```swift
/// let sandbox = try Sandbox(
///     SandboxConfiguration(issuer: "http://127.0.0.1:8080/v2", clients: [client]), transport: transport)
/// let reply = await sandbox.respond(to: request, body: [])
/// ```
///
/// An authorization request with the development-only parameter `approve=PERSONA` is approved at once; `approve=cancel`
/// cancels. Without it a page offers the personas. Beside it, `fault=NAME` injects the ``SandboxFault`` of that name; the
/// page offers these too.
///
/// What itsme puts to a phone without a browser, QR codes and backchannel requests, waits until ``scanQRCode(as:)`` or
/// ``answerBackchannelRequest(approving:)`` is called, or somebody answers on the page `/sandbox/phone`.
///
/// It gives tokens to whoever asks, so it belongs on a loopback address; see ``SandboxConfiguration/isLoopback(host:)``.
public final class Sandbox: HTTPHandler {
    /// The issuer of its tokens, from which all its URLs are made.
    public let issuer: String

    private let core: SandboxCore

    /// Makes a sandbox.
    ///
    /// - Parameters:
    ///   - configuration: Issuer, clients, personas, and what else the defaults do not suit.
    ///   - transport: What fetches the JWK Sets and request objects of relying parties.
    /// - Throws: ``SandboxConfigurationError`` that names the field and the remedy.
    public init(
        _ configuration: SandboxConfiguration, transport: any HTTPTransport
    ) throws(SandboxConfigurationError) {
        core = try SandboxCore(configuration, transport: transport)
        issuer = core.endpoints.issuer
    }

    /// What the sandbox refused so far, oldest first; the last thousand are kept.
    public var refusals: [SandboxRefusal] { core.state.refusals }

    /// Forgets the refusals so far.
    public func forgetRefusals() { core.state.forgetRefusals() }

    /// The people who can approve, in the order of the page.
    public var personas: [Persona] { core.personas }

    /// Registers a client, or replaces the registration of the same client id.
    public func register(_ client: ClientRegistration) throws(SandboxConfigurationError) {
        try core.register(client)
    }

    /// Replaces the sandbox's own keys, as itsme does when it rotates them.
    public func replaceKeys(_ keys: SandboxKeys) throws(SandboxConfigurationError) {
        try core.replaceKeys(keys)
    }

    /// Forgets the JWK Sets of relying parties that were fetched so far; the next use fetches them anew.
    public func forgetClientKeys() async { await core.clientKeys.forgetAll() }

    /// Gets the next good answer of the fault's place wrong, once. Faults of one place strike one after the other.
    public func inject(_ fault: SandboxFault) { core.faults.append(fault) }

    /// The faults that are still to strike, in the order in which they were injected.
    public var pendingFaults: [SandboxFault] { core.faults.waiting }

    /// Forgets the faults that are still to strike.
    public func removeFaults() { core.faults.removeAll() }

    /// Lets a persona scan the newest QR code; `false` when none waits or nobody has that name.
    @discardableResult
    public func scanQRCode(as persona: String) -> Bool {
        Phone(core: core).scan(core.backchannel.waitingSessions(now: core.now).last?.handle, as: persona)
    }

    /// Answers the newest backchannel request, as the person whom it is for, and pings the relying party if that was
    /// agreed; `false` when none waits. A persona who cancels everything cancels it.
    @discardableResult
    public func answerBackchannelRequest(approving: Bool = true) async -> Bool {
        await Phone(core: core).answer(
            core.backchannel.waitingRequests(now: core.now).last?.handle, approving: approving)
    }

    /// Answers a request to one of the endpoints.
    public func respond(to request: HTTPRequest, body: [UInt8]) async -> HTTPReply {
        let target = request.path ?? "/"
        let mark = target.firstIndex(of: "?")
        let path = target[..<(mark ?? target.endIndex)]
        let query = mark.map { Array(target[target.index(after: $0)...].utf8) } ?? []
        switch core.endpoints.endpoint(at: path) {
        case .configuration:
            return await DiscoveryEndpoint(core: core).configuration(request)
        case .jwkSet:
            return await DiscoveryEndpoint(core: core).jwkSet(request)
        case .attackerKeys:
            return DiscoveryEndpoint(core: core).attackerKeys()
        case .authorization:
            return await AuthorizationEndpoint(core: core).respond(to: request, query: query)
        case .approval:
            return await ApprovalEndpoint(core: core).respond(to: request, body: body)
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
                to: request, session: core.endpoints.userDiscoverySession(in: path), body: body)
        case .phone where core.profile.profile == .v2:
            return await PhoneEndpoint(core: core).respond(to: request, body: body)
        case .backchannelAuthentication, .userDiscovery, .phone, nil:
            var refusal = SandboxRefusal(
                .unknownPath, sent: [.init("path", String(path))], expected: [.init("path", core.endpoints.paths)])
            core.note(&refusal, .notFound)
            return .page(.refusal(refusal), status: .notFound)
        }
    }
}
