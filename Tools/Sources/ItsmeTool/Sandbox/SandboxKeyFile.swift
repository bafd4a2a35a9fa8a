import Foundation
import ItsmeRP
import ItsmeSandbox
import JOSE

/// The sandbox's own keys in a file of mode 0600, so that clients that have cached them go on after a restart.
struct SandboxKeyFile {
    let path: String

    /// Reads the keys, or makes them and the file when it is absent.
    ///
    /// - Throws: ``ToolFailure`` that names the file and what to do.
    func keys() throws(ToolFailure) -> SandboxKeys {
        if !FileManager.default.fileExists(atPath: path) {
            let made: SecretBytes
            do {
                made = try SandboxKeys.generate().serialized()
            } catch {
                throw ToolFailure("no keys could be made: \(error.reason)")
            }
            do {
                try KeyFile(path).create(made)
            } catch {
                // Another sandbox may have made it meanwhile; then its keys are taken.
                if error.code != .keyFileExists { throw ToolFailure("\(path): \(error.reason). \(error.remedy)") }
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
