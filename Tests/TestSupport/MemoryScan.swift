#if os(Linux)
    import Foundation

    /// Looks for octets in all memory that this process can write: heap, stacks, data.
    ///
    /// What is looked for must not be found in the search itself, so it comes masked, and what the search needs is outside
    /// of what is searched.
    package struct MemoryScan {
        package struct Failure: Error {}

        package static let mask: UInt8 = 0xA5
        package static let width = 16

        /// Masked octets, ``width`` of them a needle.
        private let needles: [UInt8]

        /// Returns the octets of `secret` from `offset` on as a needle.
        package static func needle(_ secret: [UInt8], at offset: Int) -> [UInt8] {
            secret[offset..<offset + width].map { $0 ^ mask }
        }

        package init(needles: [UInt8]) {
            self.needles = needles
        }

        /// The number of places where each needle stands.
        package func places() throws -> [Int] {
            let size = 1 << 20
            let page = 4096
            let count = needles.count / Self.width
            guard
                let memory = mmap(nil, size + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
                memory != MAP_FAILED, needles.count <= page
            else { throw Failure() }
            defer { munmap(memory, size + page) }
            let ownRange = UInt(bitPattern: memory)..<UInt(bitPattern: memory) + UInt(size + page)
            let open = memory + size
            for (index, octet) in needles.enumerated() {
                open.storeBytes(of: octet ^ Self.mask, toByteOffset: index, as: UInt8.self)
            }
            let file = Glibc.open("/proc/self/mem", O_RDONLY | O_CLOEXEC)
            guard file >= 0 else { throw Failure() }
            defer { close(file) }
            var places = [Int](repeating: 0, count: count)
            for region in try Self.regions() {
                var start = region.lowerBound
                while start < region.upperBound {
                    // Linux may have joined the scan's own memory to a neighbour.
                    if ownRange.contains(start) {
                        start = ownRange.upperBound
                        continue
                    }
                    let limit =
                        start < ownRange.lowerBound ? min(region.upperBound, ownRange.lowerBound) : region.upperBound
                    let length = pread(file, memory, min(size, Int(limit - start)), off_t(start))
                    guard length > 0 else { break }
                    for index in 0..<count {
                        places[index] += Self.occurrences(of: open + index * Self.width, in: memory, length)
                    }
                    if length < Self.width || start + UInt(length) >= limit {
                        start += UInt(length)
                    } else {
                        start += UInt(length - Self.width + 1)
                    }
                }
            }
            memset(open, 0, page)
            return places
        }

        private static func occurrences(
            of needle: UnsafeMutableRawPointer, in memory: UnsafeMutableRawPointer, _ length: Int
        ) -> Int {
            var count = 0
            var from = memory
            let end = memory + length
            let first = CInt(needle.load(as: UInt8.self))
            while end - from >= width, let hit = memchr(from, first, end - from - width + 1) {
                if memcmp(hit, needle, width) == 0 { count += 1 }
                from = hit + 1
            }
            return count
        }

        private static func regions() throws -> [Range<UInt>] {
            try String(contentsOfFile: "/proc/self/maps", encoding: .utf8).split(separator: "\n").compactMap { line in
                let fields = line.split(separator: " ")
                guard fields.count >= 2, fields[1].hasPrefix("rw") else { return nil }
                let ends = fields[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
                return ends.count == 2 ? ends[0]..<ends[1] : nil
            }
        }
    }
#endif
