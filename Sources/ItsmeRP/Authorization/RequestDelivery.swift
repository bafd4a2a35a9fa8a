/// How the parameters of an authorization request are sent to itsme.
public struct RequestDelivery: Sendable {
    enum Method: Sendable {
        case byValue
        case byReference(String, any RequestObjectStore)
        case unprotectedQuery
    }

    let method: Method

    /// In a request object in the URL, signed and encrypted: the default.
    public static let byValue = RequestDelivery(method: .byValue)

    /// In a request object that itsme fetches from the client, signed and encrypted (OpenID Connect Core 1.0 §6.2).
    /// URLs stay short, and itsme v1 requires it for Share data.
    ///
    /// itsme requires that a request URI has https, an explicit port 443, a public host and at most 512 characters, and
    /// that it is registered. Making the client throws if a rule is broken. The library appends an unguessable name to
    /// the path for each request.
    ///
    /// - Parameters:
    ///   - requestURI: The registered URI, such as `https://www.example.be:443/itsme/request`, without a query. A final
    ///     slash makes no difference.
    ///   - store: Stores request objects for itsme. Serve it below that URI with ``RequestObjectEndpoint``; in legacy
    ///     environments, with the media type `jwt`.
    public static func byReference(_ requestURI: String, store: any RequestObjectStore) -> RequestDelivery {
        RequestDelivery(method: .byReference(requestURI, store))
    }

    /// In the query, where the person and every system on the way can read and change it. This is less secure: use it
    /// only if the client's registration has no request objects. itsme does not allow it for Confirm.
    public static let unprotectedQuery = RequestDelivery(method: .unprotectedQuery)

    /// The registered URI of request objects; nil unless they are sent by reference.
    package var requestURI: String? {
        if case .byReference(let uri, _) = method { uri } else { nil }
    }

    /// The longest request URI that itsme accepts.
    private static let longestRequestURI = 512

    /// The request URI of one request: the registered URI, a slash and the name.
    static func requestURI(_ base: String, _ id: RequestObjectID) -> String {
        base.appendingPath(id.text)
    }

    /// Throws if the provider's metadata excludes this way.
    func requireSupport(by metadata: ProviderMetadata) throws(ItsmeError) {
        switch method {
        case .byValue:
            try metadata.requireFeature(
                "request_parameter_supported", remedy: "Configure requestDelivery: .byReference, or ask itsme.")
        case .byReference:
            try metadata.requireFeature(
                "request_uri_parameter_supported", remedy: "Configure requestDelivery: .byValue, or ask itsme.")
        case .unprotectedQuery: break
        }
    }

    /// Refuses a request URI that itsme would refuse.
    func validate(in environment: ItsmeEnvironment) throws(ItsmeError) {
        guard case .byReference(let uri, _) = method else { return }
        func refusal(_ reason: String) -> ItsmeError {
            ItsmeError(
                .insecureURL, .configuration, "the request URI cannot be used: \(reason)",
                remedy: "Register and configure a URI such as https://www.example.be:443/itsme/request.",
                field: "requestDelivery.requestURI")
        }
        let endpoint: Endpoint
        do {
            endpoint = try Endpoint(uri, allowsLoopbackHTTP: environment.allowsLoopbackHTTP)
        } catch {
            throw refusal(error.rawValue)
        }
        guard !endpoint.hasQuery else { throw refusal("it has a query") }
        guard uri.appendingPath("").utf8.count + RequestObjectID.textLength <= Self.longestRequestURI else {
            throw refusal("with the name of a request, it is longer than 512 characters")
        }
        guard !environment.allowsLoopbackHTTP else { return }
        guard endpoint.port == 443 else { throw refusal("it does not state the port 443") }
        guard endpoint.isPublicHost else { throw refusal("its host is not public, so itsme cannot reach it") }
    }
}
