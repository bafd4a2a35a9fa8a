#if Tool
    import CQREncode

    /// A QR code as an image for a page, made by libqrencode.
    enum QRCode {
        /// The white margin that scanners need, in modules (ISO/IEC 18004).
        private static let margin = 4

        /// SVG markup that shows `text`; `nil` when it is too long.
        ///
        /// Without styles and scripts, so a strict content policy allows it.
        static func svg(_ text: String) -> String? {
            guard let code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M) else { return nil }
            defer { QRcode_free(code) }
            let width = Int(code.pointee.width)
            guard width > 0, let data = code.pointee.data else { return nil }
            // The lowest bit of a byte says whether its module is dark.
            let modules = UnsafeBufferPointer(start: data, count: width * width).map { $0 & 1 == 1 }
            var path = ""
            for row in 0..<width {
                var column = 0
                while column < width {
                    let end = (column..<width).first { !modules[row * width + $0] } ?? width
                    if end > column {
                        path += "M\(column + margin) \(row + margin)h\(end - column)v1h-\(end - column)z"
                    }
                    column = end + 1
                }
            }
            let size = width + 2 * margin
            return """
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(size) \(size)" shape-rendering="crispEdges">\
                <path fill="#fff" d="M0 0h\(size)v\(size)H0z"/><path d="\(path)"/></svg>
                """
        }
    }
#endif
