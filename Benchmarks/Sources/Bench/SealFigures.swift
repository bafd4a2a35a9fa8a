import CBench
@testable import ItsmeRP
import JOSE

/// What it costs to keep a transaction in a cookie.
struct SealFigures {
    let world: World
    let effort: Effort

    func measure() async throws -> [Figure] {
        let sealer = try Sealer(key: SymmetricKey(World.directKey))
        let transaction = try await world.client.authorizationRequest(
            for: .login("LOGIN"), level: .advanced, maximumAuthenticationAge: .seconds(60)
        ).transaction.carrying(applicationState: "/account/orders?page=2")
        let text = try sealer.seal(transaction)
        let plaintext = [UInt8](repeating: 0x61, count: text.utf8.count * 3 / 4 - 29)
        let floor = { try world.floor.seal(plaintext) }
        let sealing = try await Pairs(
            of: Pairs.times(
                rounds: effort.rounds, count: 500, ours: { _ = try sealer.seal(transaction) }, reference: floor))
        let opening = try await Pairs(
            of: Pairs.times(
                rounds: effort.rounds, count: 500, ours: { _ = try sealer.open(text) }, reference: floor))
        return [
            .number(
                "seal a transaction", sealing.ours, .microseconds, below: 10_000,
                reference: Unit.microseconds.text(sealing.reference)),
            .number(
                "open a transaction", opening.ours, .microseconds, below: 10_000,
                reference: Unit.microseconds.text(opening.reference)),
            .number("sealed transaction", Double(text.utf8.count), .bytes, below: 700),
        ]
    }
}
