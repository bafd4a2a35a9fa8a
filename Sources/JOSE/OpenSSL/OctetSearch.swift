internal import COpenSSL

// Searches that C does many octets at a time; Swift's loops over spans check each step.
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

    /// Whether these are the octets of `text`.
    func hasOctets(of text: String) -> Bool {
        guard count == text.utf8.count else {
            return false
        }
        let isEqual = unsafe withUnsafeBufferPointer { octets in
            unsafe text.utf8.withContiguousStorageIfAvailable { other in
                guard let one = octets.baseAddress, let another = other.baseAddress else {
                    return octets.count == other.count
                }
                return unsafe memcmp(one, another, other.count) == 0
            }
        }
        // A string that is not Swift's own has no storage to look at.
        return isEqual ?? zip(indices, text.utf8).allSatisfy { self[$0] == $1 }
    }
}
