#if os(Linux)
    import CMemory
    import Foundation

    /// Looks for bytes in all memory that this process can write: heap, stacks, data.
    ///
    /// What is looked for must not be found in the search itself, so it comes masked and stays so, also in registers, and
    /// the buffer of the search is outside of what is searched.
    package struct MemoryScan {
        package struct Failure: Error {}

        package static let mask: UInt8 = 0xA5
        package static let width = 16

        /// Masked bytes, ``width`` of them a needle.
        private let needles: [UInt8]

        /// Returns the bytes of `secret` from `offset` on as a needle.
        package static func needle(_ secret: [UInt8], at offset: Int) -> [UInt8] {
            secret[offset..<offset + width].map { $0 ^ mask }
        }

        package init(needles: [UInt8]) {
            self.needles = needles
        }

        /// The number of places where each needle stands.
        package func places() throws -> [Int] {
            let size = 1 << 20
            guard let mapped = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
                mapped != MAP_FAILED
            else { throw Failure() }
            let memory = mapped.assumingMemoryBound(to: UInt8.self)
            defer {
                itsmerp_forget(memory, size)
                munmap(mapped, size)
            }
            let ownRange = UInt(bitPattern: mapped)..<UInt(bitPattern: mapped) + UInt(size)
            let file = Glibc.open("/proc/self/mem", O_RDONLY | O_CLOEXEC)
            guard file >= 0 else { throw Failure() }
            defer { close(file) }
            var places = [Int](repeating: 0, count: needles.count / Self.width)
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
                    needles.withUnsafeBufferPointer { needles in
                        for index in places.indices {
                            let needle = needles.baseAddress.map { $0 + index * Self.width }
                            places[index] += itsmerp_masked_places(memory, length, needle, Self.width, Self.mask)
                        }
                    }
                    if length < Self.width || start + UInt(length) >= limit {
                        start += UInt(length)
                    } else {
                        start += UInt(length - Self.width + 1)
                    }
                }
            }
            return places
        }

        private static func regions() throws -> [Range<UInt>] {
            // `String(contentsOfFile:)` believes the size, which is 0 here, and stops after the first portion.
            guard let file = FileHandle(forReadingAtPath: "/proc/self/maps"), let maps = try file.readToEnd() else {
                throw Failure()
            }
            return String(decoding: maps, as: UTF8.self).split(separator: "\n").compactMap { line in
                let fields = line.split(separator: " ")
                guard fields.count >= 2, fields[1].hasPrefix("rw") else { return nil }
                let ends = fields[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
                return ends.count == 2 ? ends[0]..<ends[1] : nil
            }
        }
    }
#endif
