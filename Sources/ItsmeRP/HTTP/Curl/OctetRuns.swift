import CCurl

// Loops that C does many octets at a time; Swift's loops over collections check each step.

extension ArraySlice<UInt8> {
    /// Whether all octets lie in `range` or are `other`.
    func areWithin(_ range: ClosedRange<UInt8>, orOne other: UInt8) -> Bool {
        unsafe withUnsafeBytes { octets in
            unsafe itsmerp_is_within(octets.baseAddress, octets.count, range.lowerBound, range.upperBound, other)
        }
    }

    /// How many octets from the first on are unreserved characters of a URI (RFC 3986 §2.3).
    var unreservedRun: Int {
        unsafe withUnsafeBufferPointer { octets in
            unsafe itsmerp_unreserved_run(octets.baseAddress, octets.count)
        }
    }
}

extension [UInt8] {
    /// Adds the octets of `text` in UTF-8.
    mutating func append(octetsOf text: String) {
        // A string of Swift's own has its octets in one piece.
        let isDone: Void? = unsafe text.utf8.withContiguousStorageIfAvailable { unsafe append(contentsOf: $0) }
        if isDone == nil { append(contentsOf: text.utf8) }
    }
}
