/// A digest or an authentication code of at most 64 octets, without memory of its own.
struct DigestOctets {
    private var octets = SIMD64<UInt8>()
    private let count: Int

    /// Lets `fill` write `count` octets; `nil` if it returns false, or if there are more than 64.
    init?(count: Int, fill: (UnsafeMutableBufferPointer<UInt8>) -> Bool) {
        guard (0...SIMD64<UInt8>.scalarCount).contains(count) else {
            return nil
        }
        self.count = count
        let isFilled = unsafe withUnsafeMutableBytes(of: &octets) { memory in
            unsafe fill(UnsafeMutableBufferPointer(rebasing: memory.bindMemory(to: UInt8.self).prefix(count)))
        }
        guard isFilled else {
            return nil
        }
    }

    /// Calls `body` with the octets.
    func withBytes<Result, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe withUnsafeBytes(of: octets) { (memory) throws(Failure) in
            try unsafe body(Span(_unsafeElements: memory.bindMemory(to: UInt8.self).prefix(count)))
        }
    }

    /// The first `count` octets, or all if there are fewer.
    func prefix(_ count: Int) -> [UInt8] {
        withBytes { octets in
            unsafe octets.extracting(first: count).withUnsafeBufferPointer { unsafe [UInt8]($0) }
        }
    }
}
