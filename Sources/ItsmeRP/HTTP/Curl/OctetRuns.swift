import CCurl

// Loops that C does many octets at a time; Swift's loops over collections check each step.

extension ArraySlice<UInt8> {
    /// Whether all octets lie in `range` or are `other`.
    func areWithin(_ range: ClosedRange<UInt8>, orOne other: UInt8) -> Bool {
        unsafe withUnsafeBytes { octets in
            unsafe itsmerp_is_within(octets.baseAddress, octets.count, range.lowerBound, range.upperBound, other)
        }
    }
}

extension [UInt8] {
    /// Adds the octets of `text` in UTF-8.
    mutating func append(octetsOf text: String) {
        #if canImport(Darwin)
            // A string of Swift's own has its octets in one piece.
            let isDone: Void? = unsafe text.utf8.withContiguousStorageIfAvailable { unsafe append(contentsOf: $0) }
            if isDone == nil { append(contentsOf: text.utf8) }
        #else
            // Every string has; Apple's systems have this call from 26 on only.
            unsafe text.utf8.span.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
        #endif
    }

    /// Adds the octets of `text` in UTF-8, all but the unreserved characters of RFC 3986 §2.3 as escapes.
    mutating func append(percentEncoding text: String) {
        let isDone: Void? = unsafe text.utf8.withContiguousStorageIfAvailable { octets in
            unsafe append(percentEncoding: octets)
        }
        if isDone == nil {
            unsafe Array(text.utf8).withUnsafeBufferPointer { unsafe append(percentEncoding: $0) }
        }
    }

    private mutating func append(percentEncoding octets: UnsafeBufferPointer<UInt8>) {
        var rest = unsafe octets[...]
        while true {
            // A token is one long run that needs no escape.
            let run = unsafe UnsafeBufferPointer(rebasing: rest)
            let unreserved = unsafe run.prefix(itsmerp_unreserved_run(run.baseAddress, run.count))
            unsafe append(contentsOf: unreserved)
            unsafe rest = rest.dropFirst(unreserved.count)
            guard let octet = unsafe rest.popFirst() else { return }
            append(0x25)
            append(Self.hexDigit(octet >> 4))
            append(Self.hexDigit(octet & 0x0F))
        }
    }

    private static func hexDigit(_ nibble: UInt8) -> UInt8 {
        nibble < 10 ? 0x30 &+ nibble : 0x37 &+ nibble
    }
}
