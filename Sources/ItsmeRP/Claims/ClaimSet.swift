public import JOSE

/// The claims of a verified ID token or UserInfo answer.
///
/// Only validation makes one, so its existence proves that issuer, audience and signature were right. When printed, it
/// shows the names of its claims but never a value.
public struct ClaimSet: Sendable {
    /// The objects with claims. If several have a claim, the first one counts.
    private let objects: [JSON]

    /// Wraps the claims of a verified token.
    package init(_ object: JSON) {
        objects = [object]
    }

    /// No claims.
    static let none = ClaimSet([JSON]())

    private init(_ objects: [JSON]) {
        self.objects = objects
    }

    /// The JSON text of the claims, if they come from one token.
    var text: String? { objects.count == 1 ? objects.first?.text : nil }

    /// These claims, plus those of `other` that are missing here.
    func adding(_ other: ClaimSet) -> ClaimSet {
        ClaimSet(objects + other.objects)
    }

    /// The value of a claim; `nil` when it is absent or not of the expected form.
    ///
    /// itsme leaves out what it does not have, so absence is normal for most claims. To distinguish an absent claim
    /// from a malformed one, use ``value(of:)``.
    public subscript<Value>(_ claim: Claim<Value>) -> Value? {
        try? value(of: claim)
    }

    /// The value of a claim; `nil` when it is absent.
    ///
    /// - Throws: ``ClaimError`` if the claim is present but its value does not have the expected form.
    public func value<Value>(of claim: Claim<Value>) throws(ClaimError) -> Value? {
        guard let json = raw(claim) else { return nil }
        return try claim.decode(json)
    }

    /// Whether the claim is present, in any form.
    public func contains<Value>(_ claim: Claim<Value>) -> Bool {
        raw(claim) != nil
    }

    /// The names of all claims, in the order of the token.
    public var names: [String] {
        var seen: Set<String> = []
        return objects.flatMap { $0.members ?? [] }.map(\.name).filter { seen.insert($0).inserted }
    }

    /// The JSON value of any claim, by its name on the wire; `nil` when it is absent.
    ///
    /// Use it for claims without a declaration. The result may be personal data and does not redact itself.
    public func raw(_ name: String) -> JSON? {
        for object in objects {
            if let value = object[name] { return value }
        }
        return nil
    }

    private func raw<Value>(_ claim: Claim<Value>) -> JSON? {
        for name in claim.wireNames {
            if let json = raw(name) { return json }
        }
        return nil
    }
}

extension ClaimSet: Redacted {
    /// The names of the claims; never a value.
    public var description: String { "ClaimSet(\(names.joined(separator: ", ")))" }
}

/// A claim was present, but its value did not have the form that the protocol describes.
///
/// Names the claim and the expected form; never contains the value, which is personal data.
public struct ClaimError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The name of the claim.
    public let claim: String

    /// The form that was expected, in words.
    public let expected: String

    init(claim: String, expected: String) {
        self.claim = claim
        self.expected = expected
    }

    /// The claim and the expected form.
    public var description: String { "claim \(claim): expected \(expected)" }
}
