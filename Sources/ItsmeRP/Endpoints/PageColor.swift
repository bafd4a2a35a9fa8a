#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A colour of sRGB, and the text that can be read on it.
struct PageColor: Sendable, Hashable {
    static let black = PageColor(rgb: 0)
    static let white = PageColor(rgb: 0xFFFFFF)

    /// Red, green and blue, eight bits each.
    private let rgb: UInt32

    init(rgb: UInt32) { self.rgb = rgb }

    /// Reads `#rrggbb`; nil for any other form.
    init?(_ text: String) {
        let digits = text.utf8.dropFirst()
        guard text.utf8.first == 0x23, digits.count == 6,
            digits.allSatisfy({ Character(UnicodeScalar($0)).isHexDigit }),
            let rgb = UInt32(text.dropFirst(), radix: 16)
        else { return nil }
        self.rgb = rgb
    }

    /// `#rrggbb`.
    var css: String {
        let digits = String(rgb, radix: 16)
        return "#" + String(repeating: "0", count: 6 - digits.count) + digits
    }

    /// Black or white, whichever has more contrast. One of them has at least 4.58:1 with any colour, which is enough
    /// for text (WCAG 2.2, 1.4.3).
    var text: PageColor {
        contrast(with: .white) >= contrast(with: .black) ? .white : .black
    }

    /// The colour under the pointer: a step away from its text, so that the contrast only grows.
    var pressed: PageColor {
        let end: UInt32 = text == .white ? 0 : 0xFF
        return PageColor(rgb: channels.reduce(0) { $0 << 8 | ($1 * 4 + end) / 5 })
    }

    /// The contrast ratio of WCAG 2.2, from 1 to 21.
    func contrast(with other: PageColor) -> Double {
        (max(luminance, other.luminance) + 0.05) / (min(luminance, other.luminance) + 0.05)
    }

    private var channels: [UInt32] { [rgb >> 16, rgb >> 8 & 0xFF, rgb & 0xFF] }

    /// The relative luminance of WCAG 2.2.
    private var luminance: Double {
        let linear = channels.map { channel in
            let value = Double(channel) / 255
            return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
        }
        return zip(linear, [0.2126, 0.7152, 0.0722]).reduce(0) { $0 + $1.0 * $1.1 }
    }
}
