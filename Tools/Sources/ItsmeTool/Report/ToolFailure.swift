import ItsmeRP

/// Why the tool could not do what it was asked, in words for the person who asked.
struct ToolFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }

    /// An error about a file; some say themselves which.
    init(_ path: String, _ error: ItsmeError) {
        let reason = error.reason.hasPrefix("\(path): ") ? error.reason : "\(path): \(error.reason)"
        self.init("\(reason). \(error.remedy)")
    }
}
