/// The claims that the sandbox knows, by their names in itsme's second generation, and the scopes that stand for groups
/// of them. Written apart from the relying party's catalogue, so that a wrong name in one of them shows.
enum SandboxClaims {
    /// The prefix of itsme's own claims.
    static let prefix = "http://itsme.services/v2/claim/"

    /// The claims of a scope, in itsme's order; empty for `openid`, services and unknown scopes.
    static func claims(ofScope scope: String) -> [String] {
        switch scope {
        case "profile": ["family_name", "given_name", "name", "gender", "locale", "picture", "birthdate"]
        case "email": ["email", "email_verified"]
        case "phone": ["phone_number", "phone_number_verified"]
        case "address": ["address"]
        case "eid": [prefix + "BENationalNumber", prefix + "BEeidSn"]
        case "idDocument":
            ["IDDocumentSN", "IDDocumentType", "IDIssuingCountry", "validityFrom", "validityTo"].map { prefix + $0 }
        default: []
        }
    }

    /// The scopes that the discovery document lists.
    static let scopes = ["openid", "service", "profile", "email", "phone", "address", "eid", "idDocument"]

    /// Claims about claims. Their values are objects; a member has the name of the claim that it describes.
    static let metadata: Set<String> = Set(
        ["validityFrom", "validityTo", "verificationDate", "IDIssuingCountry", "issuance_locality"].map { prefix + $0 })

    /// The ages of the `age_gte` claims.
    static let ages = [16, 18, 21, 30]

    /// The claims of OpenID Connect, and itsme's `age_gte` claims, which have no prefix.
    static let standardClaims: [String] =
        [
            "name", "given_name", "family_name", "birthdate", "gender", "locale", "picture", "email", "email_verified",
            "phone_number", "phone_number_verified", "address",
        ] + ages.map { "age_gte_\($0)" }

    /// Every claim about the person, their document or their phone.
    static let userClaims: [String] =
        standardClaims
        + [
            "birthdate_as_string", "official_gender", "physical_person_photo", "claim_citizenship",
            "claim_citizenship_as_iso", "place_of_birth", "BENationalNumber", "BEeidSn", "IDDocumentSN",
            "IDDocumentType", "RONationalNumber", "BGNationalNumber", "CZNationalNumber", "SKNationalNumber",
            "HRNationalNumber", "LTNationalNumber", "SINationalNumber", "SVNationalNumber", "LVNationalNumber",
            "CYNationalNumber", "MTNationalNumber", "RSNationalNumber", "MDNationalNumber", "claim_device", "app",
            "account", "identification_mode", "transaction_ip", "ongoing_call", "student_attestation_ag",
            "IDIssuingCountry", "issuance_locality", "validityFrom", "validityTo", "verificationDate",
        ].map { prefix + $0 }

    private static let userClaimSet = Set(userClaims)

    /// Whether the claim `name` is about the person.
    static func isUserClaim(_ name: String) -> Bool { userClaimSet.contains(name) }
}
