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

    /// Whether this is ASCII as JSON strings have it without escaping.
    var isPlainText: Bool {
        withOctets { $0.endOfPlainText(from: 0) == $0.count }
    }
}

extension Base64URL {
    /// The value of a character, 255 for a foreign one.
    static func value(of character: UInt8) -> UInt8 {
        itsmerp_base64url_value(character)
    }

    /// The character of a value, of which the lower six bits count.
    static func character(_ value: UInt8) -> UInt8 {
        itsmerp_base64url_character(value)
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

    /// Encodes three octets at a time to the place `offset` of `text`, if both have room for all.
    static func encode(triples: Int, of octets: Span<UInt8>, into text: inout [UInt8], at offset: Int) {
        guard offset >= 0, triples > 0, triples <= octets.count / 3, triples <= (text.count - offset) / 4 else {
            return
        }
        unsafe octets.withUnsafeBufferPointer { octets in
            unsafe text.withUnsafeMutableBufferPointer { text in
                let place = unsafe text.baseAddress.map { unsafe $0 + offset }
                if isWide {
                    unsafe itsmerp_base64url_encode_wide(octets.baseAddress, triples, place)
                } else {
                    unsafe itsmerp_base64url_encode_each(octets.baseAddress, triples, place)
                }
            }
        }
    }
}
