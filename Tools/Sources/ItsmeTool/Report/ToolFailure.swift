/// Why the tool could not do what it was asked, in words for the person who asked.
struct ToolFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
