#if Tool
    /// The checks of `itsme doctor`. The raw values are stable; the article Doctor.md has a row for each.
    enum DoctorCheck: String, CaseIterable {
        case settings = "configuration.settings"
        case names = "configuration.names"
        case keyFile = "keys.file"
        case keyUses = "keys.uses"
        case keySizes = "keys.sizes"
        case keyNames = "keys.names"
        case keyRotation = "keys.rotation"
        case jwkSetURL = "jwks.url"
        case jwkSetAnswer = "jwks.answer"
        case jwkSetTime = "jwks.time"
        case jwkSetMediaType = "jwks.media-type"
        case jwkSetCaching = "jwks.caching"
        case jwkSetContent = "jwks.content"
        case jwkSetPrivate = "jwks.private"
        case jwkSetUses = "jwks.uses"
        case jwkSetSameKeys = "jwks.same-keys"
        case certificateChain = "certificate.chain"
        case certificateName = "certificate.name"
        case certificateExpiry = "certificate.expiry"
        case certificateKind = "certificate.kind"
        case requestURI = "request-uri.url"
        case requestURIAnswer = "request-uri.answer"
        case requestURIMediaType = "request-uri.media-type"
        case redirectURI = "redirect-uri.url"
        case redirectURIAnswer = "redirect-uri.answer"
        case iosAppLink = "app-link.ios"
        case androidAppLink = "app-link.android"
        case discovery = "provider.discovery"
        case endpoints = "provider.endpoints"
        case algorithms = "provider.algorithms"
        case providerKeys = "provider.keys"
        case clock = "provider.clock"

        func ok(_ text: String) -> Finding { .ok(rawValue, text) }
        func warn(_ text: String, remedy: String) -> Finding { .warn(rawValue, text, remedy: remedy) }
        func fail(_ text: String, remedy: String) -> Finding { .fail(rawValue, text, remedy: remedy) }
        func skipped(_ text: String, remedy: String? = nil) -> Finding { .skipped(rawValue, text, remedy: remedy) }
    }
#endif
