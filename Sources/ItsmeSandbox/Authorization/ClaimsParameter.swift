import JOSE

/// The `claims` parameter (OpenID Connect Core section 5.5).
struct ClaimsParameter: Sendable {
    var idToken: [RequestedClaim] = []
    var userInfo: [RequestedClaim] = []

    init(_ json: JSON?) throws(SandboxRefusal) {
        guard let json else { return }
        guard json.kind == .object else { throw SandboxRefusal(.claimsMalformed) }
        idToken = try Self.requested(json["id_token"], member: "id_token")
        userInfo = try Self.requested(json["userinfo"], member: "userinfo")
    }

    /// The claim `name` of either member; the one for UserInfo first, where itsme's examples have it.
    func claim(_ name: String) -> RequestedClaim? {
        userInfo.first { $0.name == name } ?? idToken.first { $0.name == name }
    }

    private static func requested(_ json: JSON?, member: String) throws(SandboxRefusal) -> [RequestedClaim] {
        guard let json, !json.isNull else { return [] }
        guard let members = json.members else {
            throw SandboxRefusal(.claimsMalformed, detail: "Member: \(member).")
        }
        var claims: [RequestedClaim] = []
        for (index, (name, value)) in members.enumerated() {
            guard let claim = claim(name, value) else {
                throw SandboxRefusal(.claimsMalformed, detail: "Member \(index + 1) of \(member).")
            }
            claims.append(claim)
        }
        return claims
    }

    private static func claim(_ name: String, _ json: JSON) -> RequestedClaim? {
        if json.isNull { return RequestedClaim(name: name, isEssential: false, values: []) }
        guard json.kind == .object else { return nil }
        var isEssential = false
        if let essential = json["essential"] {
            guard let bool = essential.bool else { return nil }
            isEssential = bool
        }
        var values: [String] = []
        if let value = json["value"]?.string { values.append(value) }
        if let several = json["values"] {
            guard let elements = several.elements else { return nil }
            values += elements.compactMap(\.string)
        }
        return RequestedClaim(name: name, isEssential: isEssential, values: values)
    }
}
