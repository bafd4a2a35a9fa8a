import Synchronization

/// What the sandbox remembers between requests: codes, tokens, pending sign-ins, used assertion identifiers and
/// refusals. All of it is bounded and expires.
///
/// One mutex guards it. It is held for access to dictionaries only, never for cryptography or I/O.
final class SandboxState: Sendable {
    private struct CodeEntry: Sendable {
        let grant: AuthorizationGrant
        let expires: Double
        var accessToken: String?
    }

    private struct AccessGrant: Sendable {
        let grant: AuthorizationGrant
        let expires: Double
        var isRevoked = false
    }

    private struct Storage: Sendable {
        var codes = ExpiringStore<CodeEntry>(capacity: 100_000)
        var accessTokens = ExpiringStore<AccessGrant>(capacity: 100_000)
        var signIns = ExpiringStore<PendingSignIn>(capacity: 10_000)
        var choice: PersonChoice?
        var assertions = ExpiringStore<Bool>(capacity: 500_000)
        var refusals: [SandboxRefusal] = []
    }

    /// How long expired codes and tokens are remembered, so that the refusal says "expired" and not "unknown".
    private static let memory: Double = 600
    private static let maximumRefusals = 1000

    private let storage = Mutex(Storage())

    func forgetAll() { storage.withLock { $0 = Storage() } }

    // MARK: Sign-ins

    func insert(_ pending: PendingSignIn, until expires: Double, now: Double) {
        Recording.issue(pending.id)
        storage.withLock { $0.signIns.insert(pending, for: pending.id, until: expires, now: now) }
    }

    func signIn(_ id: String, now: Double) -> PendingSignIn? {
        storage.withLock { $0.signIns.value(for: id, now: now) }
    }

    /// The sign-ins that nobody answered, oldest first.
    func waitingSignIns(now: Double) -> [PendingSignIn] {
        storage.withLock { storage in
            storage.signIns.values(now: now).filter { if case .answered = $0.stage { false } else { true } }
        }
    }

    /// Moves a sign-in to another stage. `nil` when it is gone or was answered already: each is answered once.
    func move(_ id: String, to stage: PendingSignIn.Stage, now: Double) -> PendingSignIn? {
        storage.withLock { storage in
            guard let pending = storage.signIns.value(for: id, now: now) else { return nil }
            if case .answered = pending.stage { return nil }
            storage.signIns.update(id) { $0.stage = stage }
            return pending
        }
    }

    /// Removes and returns a sign-in.
    func takeSignIn(_ id: String, now: Double) -> PendingSignIn? {
        storage.withLock { $0.signIns.take(id, now: now) }
    }

    /// The last choice on a page, to offer it first the next time; `nil` before the first one.
    var choice: PersonChoice? {
        get { storage.withLock { $0.choice } }
        set { storage.withLock { $0.choice = newValue } }
    }

    // MARK: Codes

    func insert(_ grant: AuthorizationGrant, code: String, expires: Double, now: Double) {
        Recording.issue(code)
        let entry = CodeEntry(grant: grant, expires: expires)
        storage.withLock { $0.codes.insert(entry, for: code, until: expires + Self.memory, now: now) }
    }

    /// Redeems `code` for `clientID` once, and makes `accessToken` valid.
    ///
    /// Both happen in one step, so that a second use of the code always finds the token to revoke. The caller revokes
    /// the token if the rest of the request is wrong.
    func redeem(
        _ code: String, clientID: String, accessToken: String, tokenExpires: Double, now: Double
    ) throws(SandboxRefusal) -> AuthorizationGrant {
        let grant = try storage.withLock { (storage) throws(SandboxRefusal) -> AuthorizationGrant in
            let entry = try require(storage.codes.value(for: code, now: now), .codeUnknown)
            try require(entry.grant.clientID == clientID, .codeOfAnotherClient)
            if let earlier = entry.accessToken { storage.accessTokens.update(earlier) { $0.isRevoked = true } }
            try require(entry.accessToken == nil, .codeReused)
            try require(entry.expires > now, .codeExpired)
            storage.codes.update(code) { $0.accessToken = accessToken }
            storage.accessTokens.insert(
                AccessGrant(grant: entry.grant, expires: tokenExpires), for: accessToken,
                until: tokenExpires + Self.memory, now: now)
            return entry.grant
        }
        Recording.issue(accessToken)
        return grant
    }

    // MARK: Access tokens

    /// Makes `token` valid without a code.
    func insert(_ grant: AuthorizationGrant, accessToken token: String, expires: Double, now: Double) {
        Recording.issue(token)
        let access = AccessGrant(grant: grant, expires: expires)
        storage.withLock { $0.accessTokens.insert(access, for: token, until: expires + Self.memory, now: now) }
    }

    func grant(for token: String, now: Double) throws(SandboxRefusal) -> AuthorizationGrant {
        try storage.withLock { (storage) throws(SandboxRefusal) -> AuthorizationGrant in
            let access = try require(storage.accessTokens.value(for: token, now: now), .bearerUnknown)
            try require(!access.isRevoked, .bearerRevoked)
            try require(access.expires > now, .bearerExpired)
            return access.grant
        }
    }

    /// Revokes `token` if it belongs to `clientID`.
    func revoke(_ token: String, clientID: String) {
        storage.withLock {
            $0.accessTokens.update(token) { if $0.grant.clientID == clientID { $0.isRevoked = true } }
        }
    }

    // MARK: Client assertions

    /// Remembers the `jti` of an assertion. `false` when it was used before.
    func useAssertion(_ identifier: String, clientID: String, until expires: Double, now: Double) -> Bool {
        let key = "\(clientID) \(identifier)"  // A client id has no space.
        return storage.withLock { storage in
            guard storage.assertions.value(for: key, now: now) == nil else { return false }
            storage.assertions.insert(true, for: key, until: expires, now: now)
            return true
        }
    }

    // MARK: Refusals

    var refusals: [SandboxRefusal] { storage.withLock { $0.refusals } }

    func note(_ refusal: SandboxRefusal) {
        storage.withLock { storage in
            if storage.refusals.count >= Self.maximumRefusals {
                storage.refusals.removeFirst(Self.maximumRefusals / 10)
            }
            storage.refusals.append(refusal)
        }
    }

    func forgetRefusals() {
        storage.withLock { $0.refusals.removeAll() }
    }
}

/// What a person approved for a client. Tokens are issued for it.
struct AuthorizationGrant: Sendable {
    /// The client that asked.
    let clientID: String
    /// The redirect URI of the authorization request; `nil` for a backchannel request.
    let redirectURI: String?
    /// The person who approved.
    let persona: Persona
    /// The requested data.
    let request: DataRequest
    /// The nonce to repeat in the ID token.
    let nonce: String?
    /// The S256 challenge of PKCE.
    let codeChallenge: String?
    /// The full name of the `acr` that was reached.
    let acr: String
    /// When the person approved, in seconds since 1970.
    let authenticationTime: Int64
}

/// The data about the person that a request asks for.
struct DataRequest: Sendable {
    /// The claims that the scope values stand for.
    var scopeClaims: [String] = []
    /// Claims for the ID token.
    var idToken: [RequestedClaim] = []
    /// Claims for the UserInfo answer.
    var userInfo: [RequestedClaim] = []

    /// The claims of the UserInfo answer: those of the scopes, then those of the `claims` parameter.
    var userInfoNames: [String] {
        var seen: Set<String> = []
        return (scopeClaims + userInfo.map(\.name)).filter { seen.insert($0).inserted }
    }
}

/// One claim of the `claims` parameter.
struct RequestedClaim: Sendable {
    /// The name of the claim.
    let name: String
    /// Whether it was marked essential.
    let isEssential: Bool
    /// The strings of `value` and `values`.
    let values: [String]
}
