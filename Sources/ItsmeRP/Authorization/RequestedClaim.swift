public import JOSE

/// A claim in the `claims` parameter (OpenID Connect Core §5.5.1).
///
/// Make it from a ``Claim`` or from a name:
///
/// ```swift
/// let claims: ClaimsRequest = [.birthdate, .email.essential, .custom("middle_name")]
/// ```
public struct RequestedClaim: Sendable, Hashable {
    /// The name on the wire in the current profile.
    public let name: String

    /// The name on the wire in the legacy profile, if it differs.
    public let legacyName: String?

    /// Whether the claim is marked as essential: the service depends on it.
    ///
    /// itsme still leaves out a claim that it does not have.
    public var isEssential: Bool

    /// The only allowed value of the claim; takes precedence over ``requiredValues``.
    public var requiredValue: JSONValue?

    /// The allowed values of the claim; empty if all are allowed.
    public var requiredValues: [JSONValue]

    init(name: String, legacyName: String?) {
        self.name = name
        self.legacyName = legacyName
        self.isEssential = false
        self.requiredValue = nil
        self.requiredValues = []
    }

    /// The name to send in a profile.
    package func wireName(in profile: ProtocolProfile) -> String {
        switch profile {
        case .v2: name
        case .v1: legacyName ?? name
        }
    }

    /// `null`, or an object with the conditions.
    package var jsonValue: JSONValue {
        var members: [JSONValue.Member] = []
        if isEssential { members.append(JSONValue.Member(name: "essential", value: .bool(true))) }
        if let requiredValue {
            members.append(JSONValue.Member(name: "value", value: requiredValue))
        } else if !requiredValues.isEmpty {
            members.append(JSONValue.Member(name: "values", value: .array(requiredValues)))
        }
        return members.isEmpty ? .null : .object(members)
    }

    /// Merges this with `other` for the same claim. The result is essential if either is, and has the values of `other`
    /// if it has any.
    func merged(with other: Self) -> Self {
        var copy = self
        copy.isEssential = isEssential || other.isEssential
        if other.requiredValue != nil || !other.requiredValues.isEmpty {
            copy.requiredValue = other.requiredValue
            copy.requiredValues = other.requiredValues
        }
        return copy
    }
}

extension RequestableClaim {
    /// The same claim, marked essential.
    public var essential: RequestedClaim {
        var copy = requested
        copy.isEssential = true
        return copy
    }

    /// The same claim, required to have this value (`value` of OpenID Connect Core §5.5.1).
    public func requiring(_ value: JSONValue) -> RequestedClaim {
        var copy = requested
        copy.requiredValue = value
        copy.requiredValues = []
        return copy
    }

    /// The same claim, required to have one of these values (`values` of OpenID Connect Core §5.5.1).
    public func requiring(oneOf values: [JSONValue]) -> RequestedClaim {
        var copy = requested
        copy.requiredValue = nil
        copy.requiredValues = values
        return copy
    }
}

extension RequestableClaim where Self == RequestedClaim {
    /// Requests a claim without a declaration, by its name on the wire.
    public static func custom(_ name: String, legacyName: String? = nil) -> Self {
        Self(name: name, legacyName: legacyName)
    }
}

extension RequestedClaim: RequestableClaim {
    /// The claim itself.
    public var requested: RequestedClaim { self }
}

extension RequestedClaim: Redacted {
    /// The name and the conditions, but never a required value, which may be personal data.
    public var description: String {
        let hasValue = requiredValue != nil || !requiredValues.isEmpty
        return name + (isEssential ? " (essential)" : "") + (hasValue ? " (with value)" : "")
    }
}
