import Foundation
import ItsmeSandbox

/// A client registration in a JSON file.
struct RegistrationFile {
    let path: String

    /// Reads the registration.
    ///
    /// - Throws: ``ToolFailure`` that names the file, and the member if one is wrong.
    func registration() throws(ToolFailure) -> ClientRegistration {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ToolFailure("\(path): the file cannot be read; check its name and permissions")
        }
        do {
            return try ClientRegistration(parsing: Array(data))
        } catch {
            throw ToolFailure("\(path): \(error)")
        }
    }
}
