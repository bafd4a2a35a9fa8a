import ItsmeRP
import ItsmeSandbox

/// A login without a browser: a person is found by a QR code and asked on the phone. It waits in itsme's pace.
struct DemoBackchannel {
    let party: DemoRelyingParty
    let sandbox: Sandbox

    /// Performs both sides' part; the person's is automated.
    func perform(as persona: String, report: Report) async throws -> DemoWalk.Outcome {
        let application = party.application
        let requestsBefore = application.requestCount
        report.step("Login without a browser, as the client with the \(party.registration.name)")
        let result: Result<DemoResult, any Error>
        do {
            let found = try await application.client.discoverUser { session in
                report.passed("user discovery: \(session.qrCode), asked about every \(session.interval)")
                sandbox.scanQRCode(as: persona)
                report.note("the person scans it (automated: \(persona))")
            }
            let service = DemoService.login
            let request = try await application.client.backchannelAuthentication(
                for: service.request(subject: nil), hint: .userIdentifierToken(found), level: service.level)
            report.passed("backchannel request: signed with our key, for the person who scanned the code")
            await sandbox.answerBackchannelRequest()
            report.note("the person approves on the phone (automated)")
            let tokens = try await application.client.backchannelTokens(waitingFor: request)
            report.passed("ID token: decrypted, verified, and validated for this request")
            result = .success(try DemoResult(idToken: tokens.idToken, userInfo: nil))
        } catch let error as CancellationError {
            throw error
        } catch {
            report.refused("\(error)")
            result = .failure(error)
        }
        return DemoWalk.Outcome(
            name: "login without a browser (\(party.registration.name))", result: result,
            requests: application.requestCount - requestsBefore)
    }
}
