#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import JOSE

/// Proof that a callback belongs to its transaction: state, issuer and parameters were right, it came in time and for
/// the first time. Only this can be exchanged for tokens. ``ItsmeClient/authorizationResponse(query:for:)`` makes it.
public struct AuthorizationResponse: Sendable {
    /// The transaction of the callback. It is marked as used.
    public let transaction: LoginTransaction

    /// The code, for single use, valid for 3 minutes.
    let code: Secret<String>
}

/// A callback as received. Trust nothing in it before its state is compared with a transaction.
package struct AuthorizationCallback: Sendable {
    package enum Outcome {
        case code(Secret<String>)
        case error(ProviderError)
    }

    /// The state, by which the transaction is found.
    package let state: String

    private let parameters: QueryParameters

    /// Reads the query of a callback, without its question mark. Unknown parameters are ignored (RFC 6749 §4.1.2).
    package init(query: String) throws(ItsmeError) {
        Self.rule("query", "The query can be read, and has one state.")
        guard let parameters = QueryParameters(query) else {
            throw ItsmeError(.malformedCallback, .authorizationResponse, "the query is longer than 16 KiB")
        }
        guard let state = try Self.value(of: "state", in: parameters), !state.isEmpty else {
            throw ItsmeError(.stateMissing, .authorizationResponse, field: "state")
        }
        self.state = state
        self.parameters = parameters
    }

    private static func rule(_ name: StaticString, _ text: StaticString) {
        ValidationTrace.rule(.authorizationResponse, name, text)
    }

    /// Refuses a callback that does not match the transaction, or is too late (RFC 6749 §10.12).
    func requireState(of transaction: LoginTransaction, now: Date) throws(ItsmeError) {
        guard now < transaction.expiresAt else {
            throw ItsmeError(.transactionExpired, .authorizationResponse)
        }
        try requireState(transaction.state)
    }

    /// Refuses a callback with another state.
    package func requireState(_ expected: Secret<String>) throws(ItsmeError) {
        Self.rule("state", "The state is that of the request.")
        guard ConstantTime.equal(state, expected.exposedValue) else {
            throw ItsmeError(.stateMismatch, .authorizationResponse, field: "state")
        }
    }

    /// The issuer that the callback names, if it can be read.
    package var issuer: String? { try? Self.value(of: "iss", in: parameters) }

    /// The result of the callback, for a request to `issuer` (RFC 6749 §4.1.2, RFC 9207 §2.4).
    ///
    /// - Parameter requiresIssuer: Whether the provider announces that callbacks name it.
    package func outcome(from expected: String, requiresIssuer: Bool) throws(ItsmeError) -> Outcome {
        // 1.
        Self.rule("parameters", "No parameter is repeated, and code, iss and error are readable.")
        let code = try Self.value(of: "code", in: parameters)
        let issuer = try Self.value(of: "iss", in: parameters)
        let error = try Self.value(of: "error", in: parameters)
        let errorDescription = try Self.text(of: "error_description", in: parameters)
        let errorURI = try Self.text(of: "error_uri", in: parameters)
        // 2.
        Self.rule("iss", "The issuer, if named or required, is the one to which the person was sent.")
        if let issuer {
            guard issuer.hasSameBytes(as: expected) else {
                throw ItsmeError(
                    .responseIssuerMismatch, .authorizationResponse,
                    ItsmeError.issuers(found: issuer, expected: expected), field: "iss")
            }
        } else if requiresIssuer {
            throw ItsmeError(.responseIssuerMissing, .authorizationResponse, field: "iss")
        }
        // 3.
        Self.rule("result", "There is either a code or an error.")
        switch (code, error) {
        case (let code?, nil) where !code.isEmpty:
            return .code(Secret(code))
        case (nil, let error?):
            return .error(
                ProviderError(
                    code: .init(rawValue: error), errorDescription: errorDescription, errorURI: errorURI))
        default:
            throw ItsmeError(.codeMissing, .authorizationResponse, field: "code")
        }
    }

    private static func value(of name: String, in parameters: QueryParameters) throws(ItsmeError) -> String? {
        do throws(QueryParameters.Refusal) {
            return try parameters.value(of: name)
        } catch {
            throw ItsmeError(
                error == .duplicate ? .duplicateParameter : .malformedCallback, .authorizationResponse, field: name)
        }
    }

    /// A text for developers. An unreadable one is left out, so that it does not hide the error.
    private static func text(of name: String, in parameters: QueryParameters) throws(ItsmeError) -> String? {
        do throws(ItsmeError) {
            return try value(of: name, in: parameters)
        } catch  where error.code == .malformedCallback {
            return nil
        }
    }
}
