#if Tool
    import Foundation
    import ItsmeRP
    import ItsmeSandbox
    import JOSE

    /// A client registration in a JSON file.
    struct RegistrationFile {
        let path: String

        /// Reads the registration.
        ///
        /// - Throws: ``ToolFailure`` that names the file and the wrong member.
        func registration() throws(ToolFailure) -> ClientRegistration {
            guard let data = FileManager.default.contents(atPath: path) else {
                throw ToolFailure("\(path): the file cannot be read. Check its name and permissions.")
            }
            do {
                return try ClientRegistration(parsing: Array(data))
            } catch {
                throw ToolFailure("\(path): \(error)")
            }
        }
    }

    /// A registration file that works without changes, for a relying party on port 8082 of this machine.
    enum ExampleRegistration {
        static let text = """
            {
              "client_id": "SANDBOX_CLIENT",
              "token_endpoint_auth_method": "private_key_jwt",
              "redirect_uris": [
                "http://127.0.0.1:8082/callback"
              ],
              "request_uris": [],
              "services": [
                {"code": "SANDBOX_LOGIN", "kind": "login"},
                {"code": "SANDBOX_DATA", "kind": "shareData"},
                {"code": "SANDBOX_CONFIRM", "kind": "confirm"}
              ],
              "jwks_uri": "http://127.0.0.1:8082/jwks.json",
              "id_token_encrypted_response_alg": "RSA-OAEP-256",
              "id_token_encrypted_response_enc": "A128CBC-HS256",
              "userinfo_encrypted_response_alg": "RSA-OAEP-256",
              "userinfo_encrypted_response_enc": "A128CBC-HS256",
              "require_pkce": true
            }
            """
    }

    /// The sandbox's own keys in a file with mode 0600, so that cached JWK Sets stay valid after a restart.
    struct SandboxKeyFile {
        let path: String

        /// Reads the keys. Makes keys and file if the file does not exist.
        ///
        /// - Throws: ``ToolFailure`` that names the file and what to do.
        func keys() throws(ToolFailure) -> SandboxKeys {
            if !FileManager.default.fileExists(atPath: path) {
                let made: SecretBytes
                do {
                    made = try SandboxKeys.generate().serialized()
                } catch {
                    throw ToolFailure("the keys could not be generated: \(error.reason)")
                }
                do {
                    try KeyFile(path).create(made)
                } catch {
                    // Another sandbox may have made the file in the meantime; then its keys are used.
                    if error.code != .keyFileExists { throw ToolFailure(path, error) }
                }
            }
            let contents = try path.asKeyFile { file throws(ItsmeError) in try file.read() }
            do {
                return try SandboxKeys(parsing: contents)
            } catch {
                throw ToolFailure("\(path): \(error.problem) \(error.remedy)")
            }
        }
    }
#endif
