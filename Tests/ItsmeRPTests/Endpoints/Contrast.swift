import XCTest

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The contrast ratio of WCAG 2.2 between two colours, `#rrggbb`.
func contrast(_ first: some StringProtocol, _ second: some StringProtocol) throws -> Double {
    let luminances = try [String(first), String(second)].map { color in
        XCTAssertNotNil(color.wholeMatch(of: /#[0-9a-f]{6}/), color)
        let number = try XCTUnwrap(Int(color.dropFirst(), radix: 16))
        let channels = [number >> 16, number >> 8 & 0xFF, number & 0xFF].map { channel in
            let value = Double(channel) / 255
            return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
        }
        return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]
    }
    return ((luminances.max() ?? 0) + 0.05) / ((luminances.min() ?? 0) + 0.05)
}
