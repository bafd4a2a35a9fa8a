#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Reads queries and forms, independently of the library.
package enum Query {
    package static func parse(_ text: String) -> [String: String] {
        // Nil for what is no query; setting it would end the process.
        let components = URLComponents(string: "?" + text.replacing("+", with: "%20"))
        var result: [String: String] = [:]
        for item in components?.queryItems ?? [] { result[item.name] = item.value ?? "" }
        return result
    }
}
