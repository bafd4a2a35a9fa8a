import CCurl

/// The parts of a header line (RFC 9112, 5), which live as long as the line.
@unsafe struct HeaderLine {
    /// What stands before the colon, which may not be a name.
    let name: UnsafeRawBufferPointer
    /// What stands behind it, without white space around.
    let value: UnsafeRawBufferPointer

    /// Nil when `line` has no colon; its line break is optional.
    init?(_ line: UnsafeRawBufferPointer) {
        let colon = unsafe itsmerp_first_index(line.baseAddress, line.count, UInt8(ascii: ":"))
        guard colon < line.count else { return nil }
        var (start, end) = (colon + 1, line.count)
        while start < end, unsafe line[start] == 0x20 || line[start] == 0x09 { start += 1 }
        while start < end, unsafe Self.isSpace(line[end - 1]) { end -= 1 }
        unsafe name = UnsafeRawBufferPointer(rebasing: line[..<colon])
        unsafe value = UnsafeRawBufferPointer(rebasing: line[start..<end])
    }

    private static func isSpace(_ octet: UInt8) -> Bool {
        octet == 0x20 || octet == 0x09 || octet == 0x0D || octet == 0x0A
    }

    /// Whether `octets` are `lowercased` in letters of any case.
    static func isName(_ octets: UnsafeRawBufferPointer, _ lowercased: StaticString) -> Bool {
        guard octets.count == lowercased.utf8CodeUnitCount else { return false }
        return unsafe itsmerp_is_name(octets.baseAddress, lowercased.utf8Start, octets.count)
    }
}
