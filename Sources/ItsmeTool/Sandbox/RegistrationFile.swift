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
