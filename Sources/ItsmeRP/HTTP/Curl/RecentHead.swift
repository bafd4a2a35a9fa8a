import HTTPTypes

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// The header of an earlier answer: lines that come again as they were are not parsed again.
///
/// Servers repeat themselves; often all that differs from one answer to the next is the date. A header is kept only if
/// all its fields are of kinds that say nothing of a person and hold no secret.
struct RecentHead {
    private static let maximumSize = 2048

    private static let harmless: Set<String> = [
        "age", "alt-svc", "cache-control", "connection", "content-language", "content-length", "content-type", "date",
        "expires", "keep-alive", "pragma", "referrer-policy", "server", "strict-transport-security",
        "transfer-encoding", "vary", "via", "x-content-type-options", "x-frame-options",
    ]

    private var text: [UInt8] = []
    /// Where each line ends in `text`.
    private var ends: [Int] = []
    private var fields = HTTPFields()
    /// Whether `fields` are those of `text`; not so while the lines of another header come in.
    private var isKept = true

    /// Lines of the answer of now that were the same from the start; nil after the first that was not.
    private var same: Int? = 0

    /// Starts a new header.
    mutating func rewind() {
        if !isKept { forget() }
        same = 0
    }

    /// Whether `line` is the next line of the header that is kept, and all before it were, too.
    mutating func matches(_ line: UnsafeRawBufferPointer) -> Bool {
        guard let place = same, place < ends.count else { return false }
        let start = place == 0 ? 0 : ends[place - 1]
        guard line.count == ends[place] - start, let address = line.baseAddress else { return false }
        let isSame = unsafe text.withUnsafeBytes { text in
            guard let kept = text.baseAddress else { return false }
            return unsafe memcmp(kept + start, address, line.count) == 0
        }
        if isSame { same = place + 1 }
        return isSame
    }

    /// The fields of all lines, if the header of now has ended and was the same; nil otherwise.
    func whole() -> HTTPFields? {
        same == ends.count ? fields : nil
    }

    /// The fields of the lines that were the same, at the first that is not; nil at all later ones.
    mutating func takeMatched() -> HTTPFields? {
        guard let place = same else { return nil }
        same = nil
        isKept = false
        text.removeSubrange((place == 0 ? 0 : ends[place - 1])...)
        ends.removeSubrange(place...)
        var matched = HTTPFields()
        matched.reserveCapacity(fields.count + 4)
        matched.append(contentsOf: fields.prefix(place))
        fields = HTTPFields()
        return matched
    }

    /// Notes a line that was not the same.
    mutating func note(_ line: UnsafeRawBufferPointer) {
        guard text.count + line.count <= Self.maximumSize else { return }
        unsafe text.append(contentsOf: line)
        ends.append(text.count)
    }

    /// Keeps the header of now, which has `new` fields and has ended, for the next answer.
    mutating func keep(_ new: HTTPFields) {
        guard ends.count == new.count, new.allSatisfy({ Self.harmless.contains($0.name.canonicalName) }) else {
            return forget()
        }
        fields = new
        isKept = true
    }

    private mutating func forget() {
        text.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
        fields = HTTPFields()
        isKept = true
    }
}
