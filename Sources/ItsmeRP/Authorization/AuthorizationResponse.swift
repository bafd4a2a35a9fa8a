#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import JOSE

/// The proof that a callback belongs to its transaction: state, issuer and parameters were right, in time, and for the
/// first time. Only this can be exchanged for tokens; ``ItsmeClient/authorizationResponse(query:for:)`` makes it.
public struct AuthorizationResponse: Sendable {
    /// The transaction that the callback belongs to. It is used up.
    public let transaction: LoginTransaction

    /// The code, single use, valid for 3 minutes.
    let code: Secret<String>
}

/// What a callback says once it is proven to belong to its transaction.
struct AuthorizationCallback {
    enum Outcome {
        case code(Secret<String>)
        case error(ProviderError)
    }

    private static let maximumSize = 16 << 10

    let outcome: Outcome

    /// Validates the query of a callback against its transaction: RFC 6749 §4.1.2 and §10.12, RFC 9207 §2.4, RFC 9700.
    init(query: String, transaction: LoginTransaction, now: Date) throws(ItsmeError) {
        // 1. The query is readable and no parameter of the protocol occurs twice.
        guard query.utf8.count <= Self.maximumSize,
            let pairs = FormEncoding.decode(query.hasPrefix("?") ? query.dropFirst() : Substring(query))
        else {
            throw Self.error(.malformedCallback, "the query is too long or holds a broken escape")
        }
        let code = try Self.value(of: "code", in: pairs)
        let state = try Self.value(of: "state", in: pairs)
        let issuer = try Self.value(of: "iss", in: pairs)
        let error = try Self.value(of: "error", in: pairs)
        let errorDescription = try Self.value(of: "error_description", in: pairs)
        let errorURI = try Self.value(of: "error_uri", in: pairs)
        // 2. The transaction is still alive.
        guard now < transaction.expiresAt else {
            throw ItsmeError(
                .transactionExpired, .authorizationResponse, "the login took longer than a transaction lives",
                remedy: "Start a new login.")
        }
        // 3. The state is this transaction's, also when the callback is an error.
        guard let state, !state.isEmpty else {
            throw Self.error(.stateMissing, "the callback has no state", field: "state")
        }
        guard ConstantTime.equal(state, transaction.state.exposedValue) else {
            throw Self.error(.stateMismatch, "the state is not that of the transaction", field: "state")
        }
        // 4. The issuer, when it is named or must be, is the one that the person was sent to.
        if let issuer {
            guard issuer.hasSameOctets(as: transaction.issuer) else {
                throw Self.error(.responseIssuerMismatch, "the callback comes from another issuer", field: "iss")
            }
        } else if transaction.requiresResponseIssuer {
            throw Self.error(.responseIssuerMissing, "the callback does not name its issuer", field: "iss")
        }
        // 5. Either a code or an error.
        switch (code, error) {
        case (let code?, nil) where !code.isEmpty:
            outcome = .code(Secret(code))
        case (nil, let error?):
            outcome = .error(
                ProviderError(
                    code: .init(rawValue: error), errorDescription: errorDescription, errorURI: errorURI))
        default:
            throw Self.error(.codeMissing, "the callback has neither a code nor an error, or both", field: "code")
        }
    }

    /// The value of a parameter that may occur once.
    private static func value(
        of name: String, in pairs: [(name: String, value: String)]
    ) throws(ItsmeError) -> String? {
        var value: String?
        for pair in pairs where pair.name.utf8.count == name.utf8.count && pair.name.hasSameOctets(as: name) {
            guard value == nil else {
                throw Self.error(.duplicateParameter, "a parameter occurs twice", field: name)
            }
            value = pair.value
        }
        return value
    }

    private static func error(_ code: ItsmeError.Code, _ reason: String, field: String? = nil) -> ItsmeError {
        ItsmeError(
            code, .authorizationResponse, reason,
            remedy: "Refuse the callback and offer a new login; do not use anything that came with it.", field: field)
    }
}
