import CBench
import ItsmeRP

/// Runs one operation over and over, for a profiler or an instruction counter.
struct Profile {
    let world: World

    func run(_ operation: String, count: Int) async throws {
        let kind: World.Kind = operation.hasSuffix("-symmetric") ? .symmetric : .rsaCBC
        let compact = try await world.token(World.idTokenClaims(), kind)
        let token = try await world.floorToken(compact, kind)
        for _ in 0..<count {
            switch operation {
            case "validate", "validate-symmetric": _ = try await world.validate(compact, kind)
            case "floor": try world.floor.validate(token, BENCH_A128CBC_HS256)
            case "floor-symmetric": try world.floor.validateSymmetric(token)
            case "login": _ = try await LoginFigures(world: world, effort: .quick).logIn()
            case "request": _ = try await world.client.authorizationRequest(for: .login("LOGIN"))
            default: throw Floor.Failure()
            }
        }
    }
}
