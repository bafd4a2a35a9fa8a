// Rules of the authorization endpoint.

extension SandboxRule {
    /// The authorization endpoint takes GET only: a POST breaks the hand-over to the itsme app.
    public static let authorizationMethod = SandboxRule(
        "authorization.method", error: "invalid_request",
        requirement: "The request is a GET.",
        explanation: "The authorization endpoint takes GET only: a POST breaks the hand-over to the itsme app.",
        remedy: "Send the person to the authorization URL with a plain GET navigation.")

    /// The query is not well-formed: a wrong percent-encoding, bytes that are not UTF-8, or too many
    /// parameters.
    public static let authorizationQuery = SandboxRule(
        "authorization.query", error: "invalid_request",
        requirement: "The query is well-formed.",
        explanation: """
            The query is not well-formed: a wrong percent-encoding, bytes that are not UTF-8, or too many \
            parameters.
            """,
        remedy: "Encode the query as application/x-www-form-urlencoded.")

    /// A parameter occurs more than once.
    public static let parameterRepeated = SandboxRule(
        "authorization.parameter_repeated", error: "invalid_request",
        requirement: "Each parameter occurs once.",
        explanation: "A parameter occurs more than once.",
        remedy: "Send each parameter once (RFC 6749 section 3.1).")

    /// The parameter client_id is missing.
    public static let clientIDMissing = SandboxRule(
        "authorization.client_id_missing", error: "invalid_client_id",
        requirement: "client_id is there.",
        explanation: "The parameter client_id is missing.",
        remedy: "Send the client id that itsme assigned at onboarding, also outside the request object.")

    /// No client is registered with this client_id.
    public static let clientIDUnknown = SandboxRule(
        "authorization.client_id_unknown", error: "invalid_client_id",
        requirement: "client_id is that of a registered client.",
        explanation: "No client is registered with this client_id.",
        remedy: "Send the registered client id, or register the client with the sandbox.")

    /// The parameter redirect_uri is missing.
    public static let redirectURIMissing = SandboxRule(
        "authorization.redirect_uri_missing", error: "invalid_redirect_uri",
        requirement: "redirect_uri is there.",
        explanation: "The parameter redirect_uri is missing.",
        remedy: "Send one of the registered redirect URIs.")

    /// The redirect_uri is not one of the registered ones; they are compared character by character, case and
    /// query included.
    public static let redirectURIUnregistered = SandboxRule(
        "authorization.redirect_uri_unregistered", error: "invalid_redirect_uri",
        requirement: "redirect_uri is registered, character by character.",
        explanation: """
            The redirect_uri is not one of the registered ones; they are compared character by character, case \
            and query included.
            """,
        remedy: "Send a registered redirect URI exactly as registered, or register this one.")

    /// The parameter response_type is missing.
    public static let responseTypeMissing = SandboxRule(
        "authorization.response_type_missing", error: "invalid_request",
        requirement: "response_type is there.",
        explanation: "The parameter response_type is missing.",
        remedy: "Send response_type=code, also outside the request object.")

    /// The only response_type is code.
    public static let responseTypeUnsupported = SandboxRule(
        "authorization.response_type", error: "unsupported_response_type",
        requirement: "response_type is code.",
        explanation: "The only response_type is code.",
        remedy: "Send response_type=code.")

    /// The scope does not contain openid.
    public static let scopeMissingOpenID = SandboxRule(
        "authorization.scope_openid", error: "invalid_scope",
        requirement: "The scope contains openid.",
        explanation: "The scope does not contain openid.",
        remedy: "Send scope=openid service:CODE.")

    /// The scope names no service.
    public static let serviceMissing = SandboxRule(
        "authorization.service_missing", error: "invalid_scope",
        requirement: "The scope names a service.",
        explanation: "The scope names no service.",
        remedy: "Add service:CODE with a service code of this client to the scope.")

    /// The scope names more than one service.
    public static let serviceRepeated = SandboxRule(
        "authorization.service_repeated", error: "invalid_scope",
        requirement: "The scope names one service only.",
        explanation: "The scope names more than one service.",
        remedy: "Name exactly one service:CODE.")

    /// The service code is not registered for this client.
    public static let serviceUnknown = SandboxRule(
        "authorization.service_unknown", error: "invalid_scope",
        requirement: "The service is registered for this client.",
        explanation: "The service code is not registered for this client.",
        remedy: "Use a service code of this client, or register the service.")

    /// The only display mode is page.
    public static let displayUnsupported = SandboxRule(
        "authorization.display", error: "unsupported_display",
        requirement: "display is page or left out.",
        explanation: "The only display mode is page.",
        remedy: "Send display=page or leave it out.")

    /// prompt holds a value other than login and consent.
    public static let promptUnsupported = SandboxRule(
        "authorization.prompt", error: "invalid_request",
        requirement: "prompt holds login and consent only.",
        explanation: "prompt holds a value other than login and consent.",
        remedy: "Send prompt=login, prompt=consent, both, or leave it out.")

    /// itsme keeps no session, so it cannot answer without the person.
    public static let promptNone = SandboxRule(
        "authorization.prompt_none", error: "login_required",
        requirement: "The request lets the person answer: prompt is not none.",
        explanation: "itsme keeps no session, so it cannot answer without the person.",
        remedy: "Leave out prompt=none.")

    /// The claims parameter is not a JSON object of the form of OpenID Connect Core section 5.5.
    public static let claimsMalformed = SandboxRule(
        "authorization.claims", error: "invalid_request",
        requirement: "claims has the form of OpenID Connect Core section 5.5.",
        explanation: "The claims parameter is not a JSON object of the form of OpenID Connect Core section 5.5.",
        remedy: """
            Send an object with the members id_token and userinfo; each requested claim is null or an object \
            with essential, value or values.
            """)

    /// This client is registered to use PKCE, and code_challenge is missing.
    public static let challengeMissing = SandboxRule(
        "authorization.code_challenge_missing", error: "invalid_request",
        requirement: "code_challenge is there, as this client must use PKCE.",
        explanation: "This client is registered to use PKCE, and code_challenge is missing.",
        remedy: "Send code_challenge and code_challenge_method=S256.")

    /// The only code_challenge_method is S256; without the parameter the method would be plain.
    public static let challengeMethod = SandboxRule(
        "authorization.code_challenge_method", error: "invalid_request",
        requirement: "code_challenge_method is S256.",
        explanation: "The only code_challenge_method is S256; without the parameter the method would be plain.",
        remedy: "Send code_challenge_method=S256 with the code_challenge.")

    /// code_challenge is not the base64url of a SHA-256 digest (43 characters).
    public static let challengeMalformed = SandboxRule(
        "authorization.code_challenge", error: "invalid_request",
        requirement: "code_challenge is the base64url of a SHA-256 digest.",
        explanation: "code_challenge is not the base64url of a SHA-256 digest (43 characters).",
        remedy: "Compute the challenge as in RFC 7636 section 4.2.")

    /// The Data Sharing request asks for no data about the person.
    public static let shareDataWithoutClaim = SandboxRule(
        "share_data.claim_missing", error: "invalid_request",
        requirement: "The Data Sharing request asks for data about the person.",
        explanation: "The Data Sharing request asks for no data about the person.",
        remedy: """
            Request at least one user claim, by a scope (profile, email, phone, address, eid, idDocument) or in \
            claims.
            """)

    /// A Confirmation must be in a request object.
    public static let confirmWithoutRequestObject = SandboxRule(
        "confirm.request_object_missing", error: "invalid_request",
        requirement: "The Confirmation is in a request object.",
        explanation: "A Confirmation must be in a request object.",
        remedy: "Send the parameters in a signed and encrypted request object, as request or request_uri.")

    /// The Confirmation names no template.
    public static let confirmWithoutTemplate = SandboxRule(
        "confirm.template_missing", error: "invalid_request",
        requirement: "The Confirmation names a template.",
        explanation: "The Confirmation names no template.",
        remedy: """
            Request claim_approval_template_name with the value adv_payment or free_text in the userinfo or \
            id_token member of claims.
            """)

    /// The template name is not adv_payment or free_text.
    public static let templateUnknown = SandboxRule(
        "confirm.template_name", error: "invalid_request",
        requirement: "The template is adv_payment or free_text.",
        explanation: "The template name is not adv_payment or free_text.",
        remedy: "Use one of the two templates.")

    /// A value that the template needs is missing, not a string or not marked essential.
    public static let templateValueMissing = SandboxRule(
        "confirm.template_value_missing", error: "invalid_request",
        requirement: "Each value of the template is a string and marked essential.",
        explanation: "A value that the template needs is missing, not a string or not marked essential.",
        remedy: "Give each key of the template as an object with essential true and a string value.")

    /// The amount is not an integer written as a string.
    public static let templateAmount = SandboxRule(
        "confirm.amount", error: "invalid_request",
        requirement: "The amount is an integer written as a string.",
        explanation: "The amount is not an integer written as a string.",
        remedy: "Send digits only, such as 1250.")

    /// The currency is not a code of ISO 4217.
    public static let templateCurrency = SandboxRule(
        "confirm.currency", error: "invalid_request",
        requirement: "The currency has the form of a code of ISO 4217.",
        explanation: "The currency is not a code of ISO 4217.",
        remedy: "Send three capital letters, such as EUR.")

    /// The IBAN is not valid: its form or its check digits are wrong.
    public static let templateIBAN = SandboxRule(
        "confirm.iban", error: "invalid_request",
        requirement: "The IBAN has the right form and check digits.",
        explanation: "The IBAN is not valid: its form or its check digits are wrong.",
        remedy: "Send an IBAN without spaces whose check digits are right (ISO 13616).")

    /// The text is empty or has more than 7500 characters.
    public static let templateTextLength = SandboxRule(
        "confirm.text_length", error: "invalid_request",
        requirement: "The text has 1 to 7500 characters.",
        explanation: "The text is empty or has more than 7500 characters.",
        remedy: "Shorten the text.")

    /// The text holds a tag other than b, i, u and br.
    public static let templateTextTags = SandboxRule(
        "confirm.text_tags", error: "invalid_request",
        requirement: "The text holds no tags but b, i, u and br.",
        explanation: "The text holds a tag other than b, i, u and br.",
        remedy: "Use the tags <b>, <i>, <u> and <br> only, without attributes.")

    /// The text holds a character outside ISO 8859-15; curly apostrophes and long dashes are not in it.
    public static let templateTextCharacters = SandboxRule(
        "confirm.text_characters", error: "invalid_request",
        requirement: "The text holds characters of ISO 8859-15 only.",
        explanation: """
            The text holds a character outside ISO 8859-15; curly apostrophes and long dashes are not in it.
            """,
        remedy: "Replace typographic quotes and dashes with their plain forms.")

    /// The request names another user than the one who answered.
    public static let userUnknown = SandboxRule(
        "confirm.user", error: "access_denied",
        requirement: "The person who answered is the user that the request names.",
        explanation: "The request names another user than the one who answered.",
        remedy: "Send the sub that this client received for the user, in the userinfo member of claims.")

    /// The development parameter approve names no persona of this sandbox.
    public static let personaUnknown = SandboxRule(
        "approval.persona_unknown", error: "invalid_request",
        requirement: "approve names a persona of this sandbox.",
        explanation: "The development parameter approve names no persona of this sandbox.",
        remedy: "Use the identifier of a persona, or cancel.")

    /// The development parameter behaviour names nothing that people do.
    public static let behaviourUnknown = SandboxRule(
        "approval.behaviour_unknown", error: "invalid_request",
        requirement: "behaviour names something that people of this sandbox do.",
        explanation: "The development parameter behaviour names nothing that people do.",
        remedy: "Use one of the names that the detail lists, or leave the parameter out.")

    /// The development parameter fault names no fault of this sandbox.
    public static let faultUnknown = SandboxRule(
        "approval.fault_unknown", error: "invalid_request",
        requirement: "fault names a fault of this sandbox.",
        explanation: "The development parameter fault names no fault of this sandbox.",
        remedy: "Choose a fault from the page of the faults.")

    /// The page is too old, was used already, or is not from this sandbox.
    public static let approvalExpired = SandboxRule(
        "approval.expired", error: "invalid_request",
        requirement: "The page is from this sandbox, recent and not yet used.",
        explanation: "The page is too old, was used already, or is not from this sandbox.",
        remedy: "Start again at the relying party.")

    /// The sign-in page takes GET, HEAD and POST.
    public static let approvalMethod = SandboxRule(
        "approval.method", error: "invalid_request",
        requirement: "The page was opened by GET or HEAD, or its form came by POST.",
        explanation: "The page takes GET, HEAD and POST.",
        remedy: "Use the buttons of the page.")
}
