#if os(Linux)
    import Foundation
    import TestSupport
    import XCTest

    /// Written by the tests alone, one after the other.
    nonisolated(unsafe) private var data: (UInt64, UInt64) = (0, 0)

    /// That a scan without a finding means something.
    final class MemoryScanTests: XCTestCase {
        private let needle = (0..<MemoryScan.width).map { _ in UInt8.random(in: .min ... .max) }

        override func setUpWithError() throws {
            try XCTSkipIf(Sanitizer.isOn, "a sanitizer has too much memory of its own to look through")
        }

        /// Writes what the needle masks, byte by byte, so that no other copy is made.
        private func plant(_ place: UnsafeMutableRawBufferPointer, at offset: Int = 0) {
            for index in needle.indices { place[offset + index] = needle[index] ^ MemoryScan.mask }
        }

        private func places(file: StaticString = #filePath, line: UInt = #line) throws -> Int {
            // With one that is nowhere, so that a scan that counts everything is none.
            let places = try MemoryScan(needles: needle + needle.map { ~$0 }).places()
            XCTAssertEqual(places.count, 2, file: file, line: line)
            XCTAssertEqual(places.last, 0, "found what is nowhere", file: file, line: line)
            return try XCTUnwrap(places.first)
        }

        /// Plants a needle in `place`, and looks for it before, meanwhile and after.
        private func assertFinds(_ name: String, in place: UnsafeMutableRawBufferPointer) throws {
            XCTAssertEqual(try places(), 0, "\(name): before it was planted")
            plant(place)
            XCTAssertEqual(try places(), 1, "\(name): planted")
            place.initializeMemory(as: UInt8.self, repeating: 0)
            XCTAssertEqual(try places(), 0, "\(name): the scan left a copy of what it found")
        }

        func testFindsAKeyOnTheHeap() throws {
            for size in [MemoryScan.width, 200, 1 << 20] {
                let heap = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 1)
                defer { heap.deallocate() }
                try assertFinds("\(size) bytes of the heap", in: heap)
            }
        }

        func testFindsAKeyOnTheStack() throws {
            var local: (UInt64, UInt64) = (0, 0)
            try withUnsafeMutableBytes(of: &local) { try assertFinds("the stack", in: $0) }
        }

        func testFindsAKeyOnTheStackOfAnotherThread() throws {
            final class Place: @unchecked Sendable { var bytes = UnsafeMutableRawBufferPointer(start: nil, count: 0) }
            let place = Place()
            let (isThere, isOver) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
            let thread = Thread {
                var local: (UInt64, UInt64) = (0, 0)
                withUnsafeMutableBytes(of: &local) {
                    place.bytes = $0
                    isThere.signal()
                    isOver.wait()
                }
            }
            thread.start()
            isThere.wait()
            defer { isOver.signal() }
            try assertFinds("another stack", in: place.bytes)
        }

        func testFindsAKeyInTheDataOfTheProgram() throws {
            try withUnsafeMutableBytes(of: &data) { try assertFinds("data", in: $0) }
        }

        /// Memory is read in portions; what stands across two of them is counted, and counted once.
        func testFindsAKeyAcrossPortions() throws {
            let count = (3 << 20) / MemoryScan.width
            let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: count * MemoryScan.width + 9, alignment: 1)
            defer { memory.deallocate() }
            for shift in [0, 9] {
                for index in 0..<count { plant(memory, at: shift + index * MemoryScan.width) }
                XCTAssertEqual(try places(), count, "shifted by \(shift)")
                memory.initializeMemory(as: UInt8.self, repeating: 0)
            }
        }

        func testFindsEveryOneOfManyKeys() throws {
            let needles = (0..<40 * MemoryScan.width).map { _ in UInt8.random(in: .min ... .max) }
            let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: needles.count, alignment: 1)
            defer { memory.deallocate() }
            for index in needles.indices { memory[index] = needles[index] ^ MemoryScan.mask }
            XCTAssertEqual(try MemoryScan(needles: needles).places(), Array(repeating: 1, count: 40))
            memory.initializeMemory(as: UInt8.self, repeating: 0)
        }
    }
#endif
