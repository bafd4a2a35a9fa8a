#if Tool
    import ItsmeSandbox
    import WebFormats

    /// What just happened, step by step: the messages as the sandbox saw them, and what the shop checked.
    struct DemoSteps {
        /// The messages, oldest first.
        let messages: [RecordedRequest]
        let checks: [Report.Check]

        var html: String {
            """
            <section class="card" aria-labelledby="steps">
            <h2 id="steps">What just happened</h2>
            \(messages.isEmpty ? "<p>Nothing yet. Choose something, and each step shows here.</p>" : list)
            </section>
            """
        }

        private var list: String {
            var steps: [(text: String, status: Int, times: Int)] = []
            for message in messages {
                let text = Self.text(message)
                if let last = steps.last, last.text == text {
                    steps[steps.count - 1] = (text, message.status, last.times + 1)
                } else {
                    steps.append((text, message.status, 1))
                }
            }
            let items = steps.map { step in
                let times = step.times > 1 ? ", \(step.times) times" : ""
                let tag = step.status < 400 ? "good" : "note"
                return "<li>\(step.text) <span class=\"tag \(tag)\">\(step.status)\(times)</span>"
            }
            return """
                <ol>
                \(items.joined(separator: "\n"))
                </ol>
                <h3>What the shop checked</h3>
                <ul class="checks">
                \(checks.map(Self.item).joined(separator: "\n"))
                </ul>
                """
        }

        private static func item(_ check: Report.Check) -> String {
            let tag = check.isPassed ? "<span class=\"tag good\">ok</span>" : "<span class=\"tag bad\">refused</span>"
            return "<li>\(tag) <span>\(HTMLText.escape(check.text))</span>"
        }

        private static func text(_ message: RecordedRequest) -> String {
            switch message.endpoint {
            case .discovery: "<b>Shop to itsme:</b> what do you offer? The discovery document says where to ask what."
            case .jwkSet: "<b>Shop to itsme:</b> what are your keys? Encrypts to one, verifies with another."
            case .authorization:
                "<b>Browser to itsme:</b> the shop’s request, signed by the shop and encrypted to itsme. The person then approves in the app, and itsme sends the browser back with a code."
            case .token where message.parameters["auth_req_id"] != nil:
                "<b>Shop to itsme:</b> did the person answer on the phone? Then the answer is a signed and encrypted ID token."
            case .token:
                "<b>Shop to itsme:</b> the code, for tokens. The shop proves who it is; the ID token comes signed and encrypted."
            case .userInfo: "<b>Shop to itsme:</b> the data that the person shared, again signed and encrypted."
            case .picture: "<b>Shop to itsme:</b> the picture of the person."
            case .revocation: "<b>Shop to itsme:</b> the access token is no longer needed."
            case .userDiscovery: "<b>Shop to itsme:</b> a QR code, please. And: who scanned it?"
            case .backchannelAuthentication: "<b>Shop to itsme:</b> ask the person who scanned the code, on the phone."
            }
        }
    }

    extension [RecordedRequest] {
        /// The messages since the last one that began a login.
        var ofLastLogin: Self {
            let start = indices.last { index in
                self[index].endpoint == .authorization
                    || self[index].endpoint == .userDiscovery
                        && (index == 0 || self[index - 1].endpoint != .userDiscovery)
            }
            return start.map { Array(self[$0...]) } ?? self
        }
    }
#endif
