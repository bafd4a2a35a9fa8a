import CMemory
import COpenSSL
import Foundation
import JOSE
import XCTest

#if os(Linux)
    /// What is left in memory of a secret that was let go: looked up through the kernel, at the address that it had.
    final class CleansingTests: XCTestCase {
        private static let size = 512

        /// Without zeros, so that cleansed memory has no byte in common with it. Freed memory begins with pointers of
        /// the allocator, therefore the head does not count.
        private let pattern = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7) | 1 }

        private var file: CInt = -1
        /// Made before anything is freed, lest it takes that place.
        private var buffer = [UInt8](repeating: 0, count: size)

        override func setUpWithError() throws {
            file = open("/proc/self/mem", O_RDONLY)
            guard file >= 0 else { throw XCTSkip("the system does not show a process its own memory") }
        }

        override func tearDown() {
            if file >= 0 { close(file) }
        }

        /// How many bytes of the pattern are at `address`; nil when nothing is mapped there any more.
        private func remains(at address: UInt) -> Int? {
            guard pread(file, &buffer, Self.size, off_t(address)) == Self.size else { return nil }
            var count = 0
            for index in 64..<Self.size where buffer[index] == pattern[index] { count += 1 }
            return count
        }

        /// Shows that what is not cleansed would be seen.
        func testSeesWhatIsNotCleansed() throws {
            let memory = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: Self.size)
            _ = memory.initialize(fromContentsOf: pattern)
            let address = UInt(bitPattern: memory.baseAddress)
            XCTAssertEqual(remains(at: address), Self.size - 64)
            memory.deallocate()
            XCTAssertGreaterThan(remains(at: address) ?? 0, Self.size / 2)
        }

        func testLeavesNothingOfASecretThatIsLetGo() throws {
            var secret: SecretBytes? = SecretBytes(pattern)
            let address = try XCTUnwrap(
                secret?.withBytes { span in span.withUnsafeBufferPointer { UInt(bitPattern: $0.baseAddress) } })
            XCTAssertEqual(remains(at: address), Self.size - 64)
            secret = nil
            XCTAssertLessThan(remains(at: address) ?? 0, 32)
        }

        func testLeavesNothingInTheArrayThatASecretTakes() throws {
            var bytes = pattern.map { $0 }
            let address = bytes.withUnsafeBufferPointer { UInt(bitPattern: $0.baseAddress) }
            XCTAssertEqual(remains(at: address), Self.size - 64)
            let secret = SecretBytes(taking: &bytes)
            XCTAssertEqual(secret.count, Self.size)
            XCTAssertLessThan(remains(at: address) ?? 0, 32)
        }

        func testLeavesNothingInTheVectorRegisters() throws {
            let before = itsmerp_left_in_vector_registers {}
            guard before >= 0 else { throw XCTSkip("this processor has no vector registers of more than 16 bytes") }
            XCTAssertGreaterThanOrEqual(before, 16 * 32)
            XCTAssertEqual(itsmerp_left_in_vector_registers { itsmerp_clear_vector_registers() }, 0)
        }
    }
#endif
