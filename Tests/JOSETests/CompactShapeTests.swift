import JOSE
import TestSupport
import XCTest

final class CompactShapeTests: XCTestCase {
    func testTellsByTheDotsAlone() {
        XCTAssertEqual(CompactShape("a.b.c"), .signed)
        XCTAssertEqual(CompactShape(".."), .signed)
        XCTAssertEqual(CompactShape("a.b.c.d.e"), .encrypted)
        XCTAssertEqual(CompactShape("...."), .encrypted)
        for text in ["", "a", "a.b", "a.b.c.d", "a.b.c.d.e.f", "{}"] {
            XCTAssertNil(CompactShape(text))
        }
    }

    func testRefusesAMillionDotsAtOnce() {
        // CVE-2025-27144
        let dots = String(repeating: ".", count: 1_000_000)
        let start = processorTime()
        XCTAssertNil(CompactShape(dots))
        assertThrows(.tokenTooLarge) { try JWS(dots) }
        assertThrows(.tokenTooLarge) { try JWE(dots) }
        assertThrows(.malformedToken) { try JWS(dots, maximumSize: .max) }
        assertThrows(.malformedToken) { try JWE(dots, maximumSize: .max) }
        if !Sanitizer.isOn { XCTAssertLessThan(processorTime() - start, 10) }
    }
}
