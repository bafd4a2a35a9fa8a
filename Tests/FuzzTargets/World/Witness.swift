import Foundation

/// What Foundation says of an input: it shares no code with the library.
enum Witness {
    static func json(_ bytes: [UInt8]) -> Any? {
        try? JSONSerialization.jsonObject(with: Data(bytes), options: [.fragmentsAllowed])
    }

    static func object(_ bytes: [UInt8]) -> [String: Any]? {
        json(bytes) as? [String: Any]
    }

    /// A number without its fraction.
    static func integer(_ value: Any?) -> Int64? {
        guard let number = value as? NSNumber else { return nil }
        return Int64(exactly: number.doubleValue.rounded(.towardZero))
    }

    /// The values of a parameter in a query. It is cut by bytes: a separator with a combining mark behind it is another
    /// Character.
    static func values(of name: String, inQuery query: String) -> [String] {
        query.utf8.split(separator: UInt8(ascii: "&")).compactMap { part in
            let pieces = part.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard plain(pieces[0]) == name else { return nil }
            return pieces.count == 2 ? plain(pieces[1]) : ""
        }
    }

    private static func plain(_ text: Substring.UTF8View) -> String? {
        String(decoding: text.map { $0 == UInt8(ascii: "+") ? UInt8(ascii: " ") : $0 }, as: UTF8.self)
            .removingPercentEncoding
    }
}
