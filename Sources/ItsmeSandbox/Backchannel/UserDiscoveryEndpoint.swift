import HTTPTypes
import ItsmeRP
import JOSE
import WebFormats

/// The user discovery endpoint: gives a QR code, and says who scanned it.
struct UserDiscoveryEndpoint {
    let core: SandboxCore

    func respond(to request: HTTPRequest, session: String?, body: [UInt8]) async -> HTTPReply {
        do throws(SandboxRefusal) {
            let form = try TokenEndpoint.form(request, body, reading: ClientAuthenticator.parameters)
            let client = try await ClientAuthenticator(core: core, audience: .backchannelAuthentication)
                .keyPairClient(of: form, fields: request.headerFields)
            do throws(SandboxRefusal) {
                var response: JSONValue
                if let session { response = try ask(session, client) } else { response = try start(client) }
                let fault = core.faults.take(.userDiscovery)
                if case .response(let change) = fault?.effect { change(&response, core.scene) }
                var reply = HTTPReply.json(response)
                await fault?.alter(&reply)
                return reply
            } catch {
                throw error.naming(client)
            }
        } catch {
            return TokenEndpoint.refuse(error, core: core, request, body)
        }
    }

    private func start(_ client: ClientRegistration) throws(SandboxRefusal) -> JSONValue {
        let now = core.now
        let session = DiscoverySession(
            id: try core.freshIdentifier(), handle: try core.freshIdentifier(), clientID: client.clientID,
            startedAt: now, expires: now + Double(core.lifetimes.userDiscovery), lastAnswer: now)
        core.backchannel.insert(session, now: now)
        var response = pending(session)
        response["user_discovery_session_id"] = .string(session.id)
        response["interval"] = .integer(BackchannelState.interval)
        return response
    }

    private func ask(_ id: String, _ client: ClientRegistration) throws(SandboxRefusal) -> JSONValue {
        let token = try core.freshIdentifier()
        let session = try core.backchannel.ask(id, clientID: client.clientID, token: token, now: core.now)
        guard session.person != nil else { return pending(session) }
        return ["status": "USER_DISCOVERED", "user_identifier_token": .string(token)]
    }

    /// The QR code opens the page of the phone. It changes every 30 seconds. Without a maker of QR codes it is only a
    /// picture.
    private func pending(_ session: DiscoverySession) -> JSONValue {
        let period = Int64(exactly: ((core.now - session.startedAt) / 30).rounded(.down)) ?? 0
        let page = core.endpoints.url(.phone) + "?pending=\(session.handle)&period=\(period)"
        let image = core.qrCode?(page).map { Array($0.utf8) } ?? PortraitImage.jpeg(seed: page)
        return [
            "status": "PENDING_USER_DISCOVERY",
            "user_discovery_token": [
                "qr_code": .string(StandardBase64.encode(image)), "expires_at": .integer(core.nowInSeconds + 30),
            ],
        ]
    }
}

extension ClientAuthenticator {
    /// Returns the client that `form` authenticates, if it has a key pair.
    func keyPairClient(
        of form: FormParameters, fields: HTTPFields
    ) async throws(SandboxRefusal) -> ClientRegistration {
        let client = try await client(of: form, fields: fields)
        guard case .privateKeyJWT = client.authentication else {
            throw SandboxRefusal(.backchannelKeyPair, clientID: client.clientID)
        }
        Recording.pass(.backchannelKeyPair)
        return client
    }
}
