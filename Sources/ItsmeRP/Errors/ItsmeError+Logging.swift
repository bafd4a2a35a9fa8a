public import Logging

/// How an error appears in a log. The library's own lines use both the level and the metadata. An application that calls
/// the client itself can use them too.
extension ItsmeError {
    /// The level for a log line.
    ///
    /// What only the operator can mend is an error. What anyone can cause from outside raises no alarm.
    public var logLevel: Logger.Level {
        if code == .storeUnavailable { return .error }
        // Anyone who starts a login can write the query of its callback, or let another person answer.
        let isFromBrowser =
            phase == .authorizationResponse || code == .targetRefused
            || (code == .subjectMismatch && phase == .idToken)
        return switch kind {
        case .declined: .info
        case .transient: isFromBrowser ? .notice : .warning
        // From the network of itsme: a wrong clock, a proxy that intercepts, or an attack.
        case .untrustedResponse: isFromBrowser ? .notice : .error
        case .misconfiguration: code == .authorizationRefused ? .notice : .error
        }
    }

    /// What a log line says about the error: `itsme.kind`, `itsme.code`, `itsme.phase`, `itsme.reason` and
    /// `itsme.remedy`; where they apply `itsme.field`, `itsme.provider_error` (itsme's code), `itsme.provider_uid` (by
    /// which itsme's support finds the request), `itsme.jose_error`, `itsme.transport_error` and `itsme.retry_after`
    /// (seconds). No value is secret or personal.
    public var metadata: Logger.Metadata {
        var metadata: Logger.Metadata = [
            "itsme.kind": "\(kind.rawValue)", "itsme.code": "\(code)", "itsme.phase": "\(phase)",
            "itsme.reason": "\(reason)", "itsme.remedy": "\(remedy)",
        ]
        metadata["itsme.field"] = field.map { "\($0)" }
        metadata["itsme.provider_error"] = providerError.map { "\($0.loggableCode)" }
        metadata["itsme.provider_uid"] = providerError?.loggableUID.map { "\($0)" }
        metadata["itsme.jose_error"] = joseCode.map { "\($0)" }
        metadata["itsme.transport_error"] = transportCode.map { "\($0)" }
        metadata["itsme.retry_after"] = retryAfter.map { "\($0.components.seconds)" }
        return metadata
    }

    /// A text of the application for a log line: at most 512 characters, with a space for each line break and other
    /// control or invisible character, so that nothing in it can look like another line.
    static func oneLine(_ text: String) -> String {
        let shown = text.unicodeScalars.prefix(512).map { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: Character(" ")
            default: Character(scalar)
            }
        }
        return String(shown) + (text.unicodeScalars.count > 512 ? "…" : "")
    }
}

extension Logger {
    /// Says that a store failed, and what to do about it. A cancellation is no failure.
    func storeFailed(_ message: Message, _ error: any Error, _ phase: ItsmeError.Phase) {
        guard let error = ItsmeError.storeFailure(error, phase) as? ItsmeError else { return }
        log(level: error.logLevel, message, metadata: error.metadata)
    }
}
