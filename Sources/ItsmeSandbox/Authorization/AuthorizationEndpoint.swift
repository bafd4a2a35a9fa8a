import HTTPTypes
import ItsmeRP
import JOSE

/// The authorization endpoint: from the relying party's request to a page, a code or a refusal.
struct AuthorizationEndpoint {
    let core: SandboxCore

    func respond(to request: HTTPRequest, query: [UInt8]) async -> HTTPReply {
        guard request.method == .get else {
            return page(
                SandboxRefusal(.authorizationMethod, sent: [.init("method", request.method.rawValue)]),
                status: .methodNotAllowed, fields: [HTTPField(name: .allow, value: "GET")])
        }
        var client: ClientRegistration?
        var returnAddress: ReturnAddress?
        var received: (query: FormParameters, parameters: RequestParameters?)?
        do throws(SandboxRefusal) {
            // 1. Who asks. Until that is known, and where to answer, errors stay on the sandbox's own page.
            let outer = try Self.parameters(query)
            received = (outer, nil)
            if let repeated = outer.firstRepeated, ["client_id", "redirect_uri"].contains(repeated) {
                throw SandboxRefusal(.parameterRepeated, detail: "Parameter: \(repeated).")
            }
            let known = try registeredClient(outer)
            client = known
            returnAddress = address(outer["redirect_uri"], state: outer["state"], client: known)
            if let repeated = outer.firstRepeated {
                if repeated == "state" { returnAddress = address(outer["redirect_uri"], state: nil, client: known) }
                throw SandboxRefusal(.parameterRepeated, detail: Self.detail(ofParameter: repeated))
            }

            // 2. What is asked, with the request object laid over the query.
            let parameters = try await RequestObjectReader(core: core, client: known).parameters(outer)
            received?.parameters = parameters

            // 3. Where the answer goes.
            returnAddress = nil
            guard let redirectURI = parameters["redirect_uri"] else { throw SandboxRefusal(.redirectURIMissing) }
            guard let final = address(redirectURI, state: parameters["state"], client: known) else {
                throw SandboxRefusal(.redirectURIUnregistered)
            }
            returnAddress = final

            // 4. Everything else.
            let authorization = try AuthorizationRequest(
                parameters, client: known, returnAddress: final, profile: core.profile)
            return try await answer(authorization, approval: outer["approve"], fault: outer["fault"])
        } catch {
            var refusal = error
            refusal.clientID = client?.clientID
            refusal.add(received?.query, received?.parameters, core: core)
            return refuse(refusal, returnAddress: returnAddress)
        }
    }

    private static func parameters(_ query: [UInt8]) throws(SandboxRefusal) -> FormParameters {
        do {
            return try FormParameters(query)
        } catch {
            throw SandboxRefusal(.authorizationQuery)
        }
    }

    private func registeredClient(_ parameters: FormParameters) throws(SandboxRefusal) -> ClientRegistration {
        guard let clientID = parameters["client_id"] else { throw SandboxRefusal(.clientIDMissing) }
        guard let client = core.client(clientID) else { throw SandboxRefusal(.clientIDUnknown) }
        return client
    }

    private func address(_ redirectURI: String?, state: String?, client: ClientRegistration) -> ReturnAddress? {
        guard let redirectURI, client.redirectURIs.containsExactly(redirectURI) else { return nil }
        return ReturnAddress(redirectURI: redirectURI, state: state)
    }

    /// Names a parameter only when it is a known one: its name may be anything.
    private static func detail(ofParameter name: String) -> String? {
        let isName =
            name.utf8.count <= 40 && name.utf8.allSatisfy { $0 == UInt8(ascii: "_") || (97...122).contains($0) }
        return isName ? "Parameter: \(name)." : nil
    }

    private func answer(
        _ request: AuthorizationRequest, approval: String?, fault: String?
    ) async throws(SandboxRefusal) -> HTTPReply {
        if let approval {
            return try await ApprovalDecision(core: core, request: request).answer(
                approval, fault: fault, status: .found)
        }
        let identifier = try core.freshIdentifier()
        let now = core.now
        core.state.insert(
            PendingApproval(request: request), id: identifier, until: now + Double(core.lifetimes.approval), now: now)
        return .page(ApprovalPage(core: core, request: request, identifier: identifier).page)
    }

    private func refuse(_ refusal: SandboxRefusal, returnAddress: ReturnAddress?) -> HTTPReply {
        var refusal = refusal
        // A wrong persona or fault is a mistake of the developer at the keyboard, not of the relying party.
        guard let returnAddress, ![.personaUnknown, .faultUnknown].contains(refusal.rule) else {
            return page(refusal, status: .badRequest)
        }
        core.note(&refusal, .found)
        // invalid_client is no answer of this endpoint: here the keys matter for the request object alone.
        let error = refusal.rule.error == "invalid_client" ? "invalid_request_object" : refusal.rule.error
        return .redirect(to: returnAddress.location(error: error, description: refusal.message))
    }

    private func page(
        _ refusal: SandboxRefusal, status: HTTPResponse.Status, fields: [HTTPField] = []
    ) -> HTTPReply {
        var refusal = refusal
        core.note(&refusal, status)
        return .page(.refusal(refusal), status: status, fields: fields)
    }
}
