import JOSE

/// The claims of a token whose signature was verified. Which kind of token it is, for whom and until when is still to be
/// checked.
struct VerifiedClaims: Sendable {
    let json: JSON
    let signatureAlgorithm: SignatureAlgorithm
    let phase: ItsmeError.Phase

    init(
        _ payload: [UInt8], signatureAlgorithm: SignatureAlgorithm, phase: ItsmeError.Phase
    ) throws(ItsmeError) {
        do {
            json = try JSON(parsing: payload)
        } catch {
            throw ItsmeError(
                .claimsMalformed, phase, "the signed content is not strict JSON: \(error.reason)",
                joseCode: error.code)
        }
        guard json.kind == .object else {
            throw ItsmeError(.claimsMalformed, phase)
        }
        self.signatureAlgorithm = signatureAlgorithm
        self.phase = phase
    }

    // MARK: Readers for the rules of validation: missing and wrongly typed both fail.

    func requiredString(_ name: String) throws(ItsmeError) -> String {
        guard let value = json[name] else { throw missing(name) }
        guard let string = value.string, !string.isEmpty else { throw malformed(name) }
        return string
    }

    func optionalString(_ name: String) throws(ItsmeError) -> String? {
        guard let value = json[name] else { return nil }
        guard let string = value.string else { throw malformed(name) }
        return string
    }

    /// A NumericDate between 1970 and 9999 (RFC 7519 §2), without its fraction of a second.
    func optionalDate(_ name: String) throws(ItsmeError) -> Int64? {
        guard let value = json[name] else { return nil }
        guard let seconds = value.double, (0..<253_402_300_800).contains(seconds) else { throw malformed(name) }
        return Int64(seconds)
    }

    func requiredDate(_ name: String) throws(ItsmeError) -> Int64 {
        guard let seconds = try optionalDate(name) else { throw missing(name) }
        return seconds
    }

    /// `aud` as a string or an array of strings; nil when it is missing.
    func optionalAudience() throws(ItsmeError) -> [String]? {
        guard let value = json["aud"] else { return nil }
        if let string = value.string { return [string] }
        guard let elements = value.elements, !elements.isEmpty else { throw malformed("aud") }
        var audience: [String] = []
        for element in elements {
            guard let string = element.string else { throw malformed("aud") }
            audience.append(string)
        }
        return audience
    }

    func error(_ code: ItsmeError.Code, _ reason: String? = nil, field: String) -> ItsmeError {
        ItsmeError(code, phase, reason, field: field)
    }

    /// Refuses a token of another issuer.
    func requireIssuer(_ issuer: String, is expected: String) throws(ItsmeError) {
        guard issuer.hasSameOctets(as: expected) else {
            throw error(.issuerMismatch, ItsmeError.issuers(found: issuer, expected: expected), field: "iss")
        }
    }

    func missing(_ name: String) -> ItsmeError {
        error(.claimMissing, field: name)
    }

    func malformed(_ name: String) -> ItsmeError {
        error(.claimMalformed, field: name)
    }
}
