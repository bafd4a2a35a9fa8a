#if Tool
    import Foundation
    import HTTPTypes
    import ItsmeRP
    import JOSE
    import WebFormats

    extension Doctor {
        /// The checks of the keys on disk, which were read before: a file that cannot be read is a fault of the settings.
        func keyFindings() -> [Finding] {
            guard let ring = subject.keyRing else {
                return absence(
                    DoctorCheck.keyFile.skipped("No private key file is configured."),
                    of: .keyFile, .keyUses, .keySizes, .keyNames, .keyRotation)
            }
            var findings = [
                DoctorCheck.keyFile.ok("Only the owner of the private key file can use it, and it can be read."),
                DoctorCheck.keyUses.ok("It has a key to sign, and one to which itsme encrypts."),
                DoctorCheck.keySizes.ok(
                    "The keys have \(ring.entries.map { "\($0.modulusBits)" }.joined(separator: ", ")) bits."),
            ]
            let misnamed = ring.entries.filter { entry in
                let other = entry.use == .signature ? KeyUse.encryption : .signature
                let name = entry.keyID.lowercased()
                // A letter after it makes it another word, or part of a thumbprint.
                return name.hasPrefix(other.rawValue) && name.dropFirst(other.rawValue.count).first?.isLetter != true
            }
            findings.append(
                misnamed.isEmpty
                    ? DoctorCheck.keyNames.ok("No key has the name of the other use.")
                    : DoctorCheck.keyNames.warn(
                        "The kid of a key begins with the name of the other use, so the keys are probably swapped.",
                        remedy:
                            "Give the right key for each use: itsme keys generate --signing-key … --encryption-key …"))
            let due = [KeyUse.signature, .encryption].map { ring.nextStep(for: $0) }.filter {
                $0.earliest != nil && $0.isDue(at: now())
            }
            if due.isEmpty {
                findings.append(DoctorCheck.keyRotation.ok("No step of a key rotation is due."))
            }
            for step in due {
                findings.append(
                    DoctorCheck.keyRotation.warn(
                        "A step of the rotation of the \(step.use.rawValue) key is due: \(step.action.inWords).",
                        remedy: "Take it: itsme keys rotate FILE \(step.use.rawValue) continue"))
            }
            return findings
        }

        /// The checks of the JWK Set that the service publishes.
        func jwkSetFindings() async -> [Finding] {
            guard let url = subject.jwkSetURL else {
                let hasSecret = subject.client != nil && subject.keyRing == nil
                return [
                    hasSecret
                        ? DoctorCheck.jwkSetURL.skipped("A client with a secret publishes no keys.")
                        : DoctorCheck.jwkSetURL.skipped(
                            "The JWK Set URL is not known.",
                            remedy: "Give the URL that is registered at itsme: --jwk-set URL")
                ]
            }
            let (found, fault) = publicEndpoint(url, .jwkSetURL, "The JWK Set")
            guard let endpoint = found else { return fault.map { [$0] } ?? [] }
            var findings = [fault ?? DoctorCheck.jwkSetURL.ok("The JWK Set URL is https and its host is public.")]
            do {
                let answer = try await fetch(endpoint, accept: "application/jwk-set+json, application/json")
                findings += await certificateFindings(endpoint, tlsFault: nil)
                findings += answerFindings(answer)
                guard answer.status == 200 else { return findings }
                findings += contentFindings(answer.reply)
            } catch {
                let isTLS = (error as? HTTPTransportError)?.code == .tls
                if endpoint.scheme == "https" {
                    findings += await certificateFindings(
                        endpoint, tlsFault: isTLS ? Self.reason(error, endpoint) : nil)
                }
                findings.append(
                    DoctorCheck.jwkSetAnswer.fail(
                        Self.reason(error, endpoint),
                        remedy: isTLS
                            ? "Correct the certificate first."
                            : reachability(
                                "Make the URL reachable from the internet, and check its DNS name and firewall.")))
            }
            return findings
        }

        private func answerFindings(_ answer: TimedReply) -> [Finding] {
            let fields = answer.reply.response.headerFields
            let remedy = "Serve the JWK Set itself at this URL, with status 200, without login, page or redirect."
            guard answer.status == 200 else {
                let text =
                    switch answer.status {
                    case 300..<400: "The URL redirects, and itsme follows no redirect."
                    case 401, 403: "The URL wants a login (status \(answer.status))."
                    default: "The answer has status \(answer.status)."
                    }
                return [DoctorCheck.jwkSetAnswer.fail(text, remedy: remedy)]
            }
            var findings = [DoctorCheck.jwkSetAnswer.ok("The URL answers without login or redirect.")]
            let milliseconds =
                answer.time.components.seconds * 1000
                + answer.time.components.attoseconds / 1_000_000_000_000_000
            findings.append(
                answer.time < .seconds(1)
                    ? DoctorCheck.jwkSetTime.ok("It answered in \(milliseconds) ms, connection included.")
                    : DoctorCheck.jwkSetTime.warn(
                        "It answered in \(milliseconds) ms, connection included. itsme waits for 1 second.",
                        remedy: "Serve the set from memory or from a cache near the internet, and measure again."))
            findings.append(
                fields.hasMediaType(of: ["application/jwk-set+json", "application/json"])
                    ? DoctorCheck.jwkSetMediaType.ok("Its media type is \(fields.mediaType ?? "").")
                    : DoctorCheck.jwkSetMediaType.fail(
                        "Its media type is \(fields.mediaType ?? "missing").",
                        remedy: "Send Content-Type: application/jwk-set+json (or application/json)."))
            findings.append(cachingFinding(fields))
            return findings
        }

        private func cachingFinding(_ fields: HTTPFields) -> Finding {
            let control = CacheControl(fields)
            let remedy = "Send Cache-Control: public, max-age=1800 (1800 to 86400 seconds)."
            guard !control.forbidsReuse, let age = control.maximumAge else {
                return DoctorCheck.jwkSetCaching.warn(
                    "Cache-Control has no usable max-age, so itsme may keep the set for 24 hours.", remedy: remedy)
            }
            let seconds = age.components.seconds
            guard (1800...86_400).contains(seconds) else {
                return DoctorCheck.jwkSetCaching.warn(
                    "max-age is \(seconds) seconds, but itsme keeps the set between 30 minutes and 24 hours.",
                    remedy: remedy)
            }
            if let lifetime = subject.keyRing?.timing.cacheLifetime, age > lifetime {
                return DoctorCheck.jwkSetCaching.fail(
                    """
                    max-age is \(seconds) seconds, but the rotations of the key file wait for \
                    \(lifetime.components.seconds) only.
                    """,
                    remedy: "Send a max-age of at most \(lifetime.components.seconds).")
            }
            return DoctorCheck.jwkSetCaching.ok("itsme may keep the set for \(seconds) seconds.")
        }

        private func contentFindings(_ reply: HTTPReply) -> [Finding] {
            let set: JWKSet
            let elements: [JSON]
            do {
                set = try JWKSet(parsingRemote: reply.body)
                elements = try JSON(parsing: reply.body)["keys"]?.elements ?? []
            } catch {
                return [
                    DoctorCheck.jwkSetContent.fail(
                        "The answer is no JWK Set: \(error.reason).",
                        remedy: "Serve the public JWK Set, such as the output of: itsme keys show --public FILE")
                ]
            }
            var findings: [Finding] = []
            guard !elements.contains(where: JWK.looksPrivate) else {
                // These keys have to go, so nothing else of them matters.
                return [
                    DoctorCheck.jwkSetPrivate.fail(
                        "The published set has private members: everybody can read your keys.",
                        remedy: """
                            Take it offline now and tell itsme. Make new keys (itsme keys generate), and publish only \
                            the public file.
                            """)
                ]
                    + [DoctorCheck.jwkSetContent, .jwkSetUses, .jwkSetSameKeys].map {
                        $0.skipped("Not looked at, because the published keys are private (see jwks.private).")
                    }
            }
            findings.append(DoctorCheck.jwkSetPrivate.ok("It has public members only."))
            let unusable = set.skipped.filter { $0.reason.code != .keyNotSuitable }
            findings.append(
                unusable.first.map {
                    DoctorCheck.jwkSetContent.warn(
                        "Of its \(elements.count) keys, \(unusable.count) cannot be used: \($0.reason.reason).",
                        remedy: "Publish RSA keys of at least 2048 bits only.")
                } ?? DoctorCheck.jwkSetContent.ok("It is a JWK Set with \(elements.count) keys."))
            findings.append(usesFinding(set))
            findings += sameKeysFindings(set)
            return findings
        }

        private func usesFinding(_ set: JWKSet) -> Finding {
            for use in [KeyUse.signature, .encryption] where !set.keys.contains(where: { $0.use == use }) {
                return DoctorCheck.jwkSetUses.fail(
                    "It has no usable RSA key with \"use\": \"\(use.rawValue)\".",
                    remedy: "Publish one RSA key with \"use\": \"sig\" and one with \"use\": \"enc\".")
            }
            guard set.keys.allSatisfy({ $0.keyID?.isEmpty == false }) else {
                return DoctorCheck.jwkSetUses.fail(
                    "A key has no kid.", remedy: "Give each key its own kid, the same as in the tokens that it signs.")
            }
            return DoctorCheck.jwkSetUses.ok("It has keys for sig and for enc, each with a kid.")
        }

        private func sameKeysFindings(_ published: JWKSet) -> [Finding] {
            guard let ring = subject.keyRing else {
                return absence(
                    DoctorCheck.jwkSetSameKeys.skipped(
                        "The keys were not compared, because no private key file is configured.",
                        remedy: "Give it, if you have it here: --itsme-key-file FILE"), of: .jwkSetSameKeys)
            }
            return [sameKeysFinding(published, ring)]
        }

        private func sameKeysFinding(_ published: JWKSet, _ ring: KeyRing) -> Finding {
            let expected = (try? ring.publicJWKSet())?.keys ?? []
            func thumbprint(_ key: JWK) -> String? { try? key.thumbprint() }
            let there = published.keys.map { (key: $0, thumbprint: thumbprint($0)) }
            for key in expected {
                let use = key.use?.rawValue ?? "any"
                guard let found = there.first(where: { $0.thumbprint == thumbprint(key) })?.key else {
                    return DoctorCheck.jwkSetSameKeys.fail(
                        "It lacks the \(use) key of the private key file, so logins fail.",
                        remedy: """
                            Publish the public keys of the same file (itsme keys show --public FILE), let all instances \
                            load it, and empty caches in between.
                            """)
                }
                guard found.use == key.use else {
                    return DoctorCheck.jwkSetSameKeys.fail(
                        "The keys for sig and enc are swapped: the \(use) key of the file is published for another use.",
                        remedy: "Publish the public keys as the file has them: itsme keys show --public FILE")
                }
                guard found.keyID == key.keyID else {
                    return DoctorCheck.jwkSetSameKeys.fail(
                        "The \(use) key is published with another kid than the file has.",
                        remedy: "Publish the public keys as the file has them: itsme keys show --public FILE")
                }
            }
            guard there.count == expected.count else {
                return DoctorCheck.jwkSetSameKeys.warn(
                    "It has keys that the private key file does not have.",
                    remedy: "Remove them, unless another instance is ahead in a rotation: then load its key file.")
            }
            return DoctorCheck.jwkSetSameKeys.ok("It has the keys of the private key file.")
        }
    }
#endif
