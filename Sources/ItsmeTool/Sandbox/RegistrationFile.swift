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
            let data = try InputFile(path: path).contents()
            do {
                return try ClientRegistration(parsing: Array(data))
            } catch {
                guard error.field != "keys" else {
                    throw ToolFailure(
                        """
                        \(path): it is a JWK Set and no registration. A registration names it in jwks_uri, or has a public one \
                        in jwks. To make a first registration: itsme sandbox --example-registration > client.json
                        """)
                }
                let line = Self.firstFault(in: data).map { "line \($0): " } ?? ""
                throw ToolFailure("\(path): \(line)\(error)")
            }
        }

        /// The number of the line where text stops to be JSON; nil if it is JSON, or the system does not say.
        private static func firstFault(in data: Data) -> Int? {
            do {
                _ = try JSONSerialization.jsonObject(with: data)
                return nil
            } catch {
                let fault = "\((error as NSError).userInfo[NSDebugDescriptionErrorKey] ?? "")"
                guard let offset = fault.firstMatch(of: /around character (\d+)/).flatMap({ Int($0.1) }) else {
                    return nil
                }
                return data.prefix(offset).count { $0 == UInt8(ascii: "\n") } + 1
            }
        }
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
            guard !KeyFile(path).holdsPublicKeysOnly else {
                throw ToolFailure(
                    "\(path): this is a public JWK Set. Give the file that the sandbox made, or the name of a new one.")
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
