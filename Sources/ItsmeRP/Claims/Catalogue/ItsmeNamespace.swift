/// The prefixes of the names that itsme gave its own claims.
enum ItsmeNamespace {
    /// The name of a claim in the current profile.
    static func v2(_ name: StaticString) -> String {
        "http://itsme.services/v2/claim/\(name)"
    }

    /// The name of a claim in the legacy profile, by the year and month in which it was defined.
    static func v1(_ month: StaticString, _ name: StaticString) -> String {
        "tag:sixdots.be,\(month):\(name)"
    }
}
