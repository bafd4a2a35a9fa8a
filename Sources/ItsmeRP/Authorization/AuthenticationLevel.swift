/// How strongly the person was authenticated (`acr`). Higher levels satisfy requests for lower ones.
public enum AuthenticationLevel: Int, Sendable, Hashable, Comparable {
    /// Fingerprint, face or itsme code: what itsme does by default.
    case basic = 1

    /// The itsme code.
    case advanced = 2

    /// Orders by strength.
    public static func < (left: AuthenticationLevel, right: AuthenticationLevel) -> Bool {
        left.rawValue < right.rawValue
    }

    /// The value of `acr` and `acr_values`.
    func value(in profile: ProtocolProfile) -> String {
        switch (self, profile) {
        case (.basic, .v2): "http://itsme.services/v2/claim/acr_basic"
        case (.advanced, .v2): "http://itsme.services/v2/claim/acr_advanced"
        case (.basic, .v1): "tag:sixdots.be,2016-06:acr_basic"
        case (.advanced, .v1): "tag:sixdots.be,2016-06:acr_advanced"
        }
    }

    /// Reads `acr`. itsme documents the names of the current generation with `v2` and with `V2`.
    init?(value: String, in profile: ProtocolProfile) {
        let prefix = "http://itsme.services/V2/"
        let value = value.hasPrefix(prefix) ? "http://itsme.services/v2/" + value.dropFirst(prefix.count) : value
        guard let level = [AuthenticationLevel.basic, .advanced].first(where: { $0.value(in: profile) == value })
        else { return nil }
        self = level
    }
}
