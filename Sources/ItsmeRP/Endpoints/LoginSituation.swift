public import HTTPTypes

/// What happened to a person's request, as a page can say it.
///
/// Many errors look the same to a person, so a page tells only this. The ``ItsmeError`` is for the log. ``text(of:in:)`` has the library's words.
public enum LoginSituation: Sendable, Hashable, CaseIterable {
    /// The person refused, or itsme refused on the person's behalf.
    case cancelled
    /// The person came back too late, or itsme's time limit passed.
    case timedOut
    /// A request or an answer broke a rule.
    case notVerified
    /// itsme or the network did not answer as usual. Trying again later may help.
    case itsmeUnavailable
    /// The service's own store did not answer. Loading the page again may help.
    case storeUnavailable
    /// The configuration is wrong, or the application failed. Only the operator can mend it.
    case notAvailable
    /// The callback came again: the back button, a reload, a double click, a second tab.
    case alreadyUsed
    /// This browser does not know the login of the callback: another browser began it, or its cookie has expired, was
    /// removed or is blocked.
    case otherBrowser

    /// The status of the page. An expected refusal also has a 4xx, so that monitoring sees it.
    public var status: HTTPResponse.Status {
        switch self {
        case .cancelled, .timedOut: .forbidden
        case .notVerified, .otherBrowser: .badRequest
        case .alreadyUsed: .conflict
        case .itsmeUnavailable, .storeUnavailable: .serviceUnavailable
        case .notAvailable: .internalServerError
        }
    }

    /// The library's words: a title without a full stop, and a message of whole sentences in plain text. Each line of
    /// the message is a paragraph.
    ///
    /// - Parameters:
    ///   - service: What the person wanted to do; nil if it is not known, as in a callback without its login.
    ///   - locale: The language.
    public func text(
        of service: ItsmeService.Kind?, in locale: InterfaceLocale
    ) -> (title: String, message: String) {
        // Each text must be true for a person who is already logged in, and none may promise more than the library
        // knows: itsme may have recorded a confirmation that failed here afterwards.
        switch locale {
        case .english: english(service)
        case .dutch: dutch(service)
        case .french: french(service)
        case .german: german(service)
        }
    }
}

extension ItsmeError {
    /// What a person should be told.
    public var situation: LoginSituation {
        switch code {
        case .transactionReplayed: return .alreadyUsed
        case .transactionMissing: return .otherBrowser
        case .transactionExpired, .backchannelExpired: return .timedOut
        case .storeUnavailable: return .storeUnavailable
        default: break
        }
        switch providerError?.code {
        // The library exchanges a code as soon as it comes. If itsme does not know it any more, it was most likely used.
        case .invalidGrant?: return .alreadyUsed
        case .invalidToken?, .expiredToken?, .expiredLoginHintToken?: return .timedOut
        default: break
        }
        return switch kind {
        case .declined: .cancelled
        case .transient: .itsmeUnavailable
        case .untrustedResponse: .notVerified
        case .misconfiguration: .notAvailable
        }
    }

    /// What a browser may see: plain sentences, the same as on the library's pages. They name no rule and no field, and
    /// contain no part of an answer.
    ///
    /// - Parameters:
    ///   - locale: The language.
    ///   - service: What the person wanted to do; nil if it is not known.
    public func safeMessage(in locale: InterfaceLocale = .english, of service: ItsmeService.Kind? = .login) -> String {
        let text = situation.text(of: service, in: locale)
        return text.title + ". " + text.message.split(separator: "\n").joined(separator: " ")
    }
}
