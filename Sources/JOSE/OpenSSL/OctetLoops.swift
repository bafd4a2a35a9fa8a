internal import COpenSSL

// Loops that C does many octets at a time; Swift's loops over spans check each step.

extension Span<UInt8> {
    /// The first place of `octet` at `start` or behind it.
    func firstIndex(of octet: UInt8, from start: Int) -> Int? {
        guard start >= 0, start < count else {
            return nil
        }
        let found = unsafe extracting(droppingFirst: start).withUnsafeBufferPointer { octets in
            unsafe itsmerp_find_octet(octets.baseAddress, octets.count, octet)
        }
        return found < 0 ? nil : start + found
    }

    /// Whether `other` has the same octets; not for secrets, see ``ConstantTime``.
    func isEqual(to other: Span<UInt8>) -> Bool {
        guard count == other.count else {
            return false
        }
        return unsafe withUnsafeBufferPointer { octets in
            unsafe other.withUnsafeBufferPointer { other in
                guard let one = octets.baseAddress, let another = other.baseAddress else {
                    return true
                }
                return unsafe memcmp(one, another, other.count) == 0
            }
        }
    }

    /// The first place at `start` or behind it that does not hold ASCII as JSON strings have it without escaping; the
    /// end if there is none.
    func endOfPlainText(from start: Int) -> Int {
        guard start >= 0, start < count else {
            return count
        }
        let plain = unsafe extracting(droppingFirst: start).withUnsafeBufferPointer { octets in
            unsafe itsmerp_plain_run(octets.baseAddress, octets.count)
        }
        return start + plain
    }
}

extension String {
    /// Calls `body` with the octets of the string, without a copy if it is Swift's own.
    func withOctets<Result>(_ body: (Span<UInt8>) -> Result) -> Result {
        let result = unsafe utf8.withContiguousStorageIfAvailable { octets in
            unsafe body(Span(_unsafeElements: octets))
        }
        return result ?? body([UInt8](utf8).span)
    }

}

extension [UInt8] {
    /// Appends all octets of `other`.
    mutating func append(_ other: Span<UInt8>) {
        unsafe other.withUnsafeBufferPointer { other in
            unsafe append(contentsOf: other)
        }
    }
}

extension Base64URL {
    /// The value of a character, 255 for a foreign one.
    static func value(of character: UInt8) -> UInt8 {
        itsmerp_base64url_value(character)
    }

    /// Whether this processor takes sixteen characters at a time.
    static let isWide = itsmerp_has_wide_base64url()

    /// Decodes four characters at a time to the place `offset` of `octets`, as many as both have room for. Returns the
    /// union of the characters' values.
    static func decode(quads: Int, of text: Span<UInt8>, into octets: inout [UInt8], at offset: Int) -> UInt8 {
        guard quads > 0 else {
            return 0
        }
        guard offset >= 0, quads <= text.count / 4, quads <= (octets.count - offset) / 3 else {
            return .max
        }
        return unsafe text.withUnsafeBufferPointer { text in
            unsafe octets.withUnsafeMutableBufferPointer { octets in
                let place = unsafe octets.baseAddress.map { unsafe $0 + offset }
                return isWide
                    ? unsafe itsmerp_base64url_decode_wide(text.baseAddress, quads, place)
                    : unsafe itsmerp_base64url_decode_each(text.baseAddress, quads, place)
            }
        }
    }

    /// Returns the encoding of `octets`, which is written to the string's own memory.
    static func encode(_ octets: Span<UInt8>) -> String {
        let size = encodedCount(octets.count)
        return unsafe String(unsafeUninitializedCapacity: size) { text in
            unsafe encode(octets, to: text.baseAddress)
            return size
        }
    }

    /// Returns the characters of the encoding of `octets`.
    static func characters(_ octets: Span<UInt8>) -> [UInt8] {
        var characters = [UInt8](zeros: encodedCount(octets.count))
        unsafe characters.withUnsafeMutableBufferPointer { text in
            unsafe encode(octets, to: text.baseAddress)
        }
        return characters
    }

    /// `text` has room for as many characters as `octets` take.
    fileprivate static func encode(_ octets: Span<UInt8>, to text: UnsafeMutablePointer<UInt8>?) {
        unsafe octets.withUnsafeBufferPointer { octets in
            if let first = octets.baseAddress, !octets.isEmpty {
                unsafe itsmerp_base64url_encode(first, octets.count, text, isWide)
            }
        }
    }
}

extension CompactSegments {
    /// Returns what a JWS signs (RFC 7515 §5.1): `header` and `payload` encoded, with a dot between.
    static func signingInput(_ header: [UInt8], _ payload: [UInt8]) -> [UInt8] {
        let head = Base64URL.encodedCount(header.count)
        var input = [UInt8](zeros: sizeBehind(head, payload))
        unsafe input.withUnsafeMutableBufferPointer { text in
            unsafe Base64URL.encode(header.span, to: text.baseAddress)
            _ = unsafe write(payload, behind: head, to: text)
        }
        return input
    }

    /// Returns `head`, which is ASCII, and behind it a dot and `last` encoded: one part without a list of parts, whose
    /// type Swift looks up each time.
    static func serialize(_ head: [UInt8], _ last: [UInt8]) -> String {
        unsafe String(unsafeUninitializedCapacity: sizeBehind(head.count, last)) { text in
            let place = unsafe text.initialize(fromContentsOf: head)
            return unsafe write(last, behind: place, to: text)
        }
    }

    /// Returns `head`, which is ASCII, and behind it each of `parts` encoded, with a dot before each.
    static func serialize(_ head: [UInt8], _ parts: [[UInt8]]) -> String {
        let size = parts.reduce(head.count) { sizeBehind($0, $1) }
        return unsafe String(unsafeUninitializedCapacity: size) { text in
            var place = unsafe text.initialize(fromContentsOf: head)
            for part in parts {
                place = unsafe write(part, behind: place, to: text)
            }
            return place
        }
    }

    /// The number of characters that there are with `part` behind the first `place`.
    private static func sizeBehind(_ place: Int, _ part: [UInt8]) -> Int {
        place + 1 + Base64URL.encodedCount(part.count)
    }

    /// Writes a dot and `part` encoded to `place`, where `text` has room for both; returns where they end.
    private static func write(
        _ part: [UInt8], behind place: Int, to text: UnsafeMutableBufferPointer<UInt8>
    ) -> Int {
        unsafe text[place] = separator
        unsafe Base64URL.encode(part.span, to: text.baseAddress.map { unsafe $0 + place + 1 })
        return sizeBehind(place, part)
    }
}
