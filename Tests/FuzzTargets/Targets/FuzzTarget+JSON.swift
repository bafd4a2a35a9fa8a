import Foundation
import JOSE

extension FuzzTarget {
    /// The reader of JSON of untrusted origin.
    static let json = FuzzTarget(
        name: "json", maximumSize: 4096,
        seeds: {
            [
                #"{"a":[1,-0.5e+10,true,false,null,"\u00e9\ud83d\ude00\n"],"b":{"c":{}},"":[]}"#, #""text""#, "0",
                " [ ] ",
                #"{"iss":"https://idp.example","aud":["a","b"],"exp":1800000000}"#, "9223372036854775807",
                "-9223372036854775808", "1e400", String(repeating: "[", count: 16) + String(repeating: "]", count: 16),
            ].map { Array($0.utf8) }
        },
        check: { input in
            guard let json = try? JSON(parsing: input) else { return }
            try walk(json, in: input)
            let written = json.value.serialized()
            guard let again = try? JSON(parsing: written) else { throw Finding("what is written cannot be read") }
            try expect(again.value == json.value, "reading, writing and reading again changes the value")
            // Foundation refuses numbers that fit no Double; here they are text until somebody asks.
            try expect(
                Witness.json(input) != nil || hasNumberOutOfRange(json), "JSON is accepted that Foundation refuses")
        })

    private static func walk(_ json: JSON, in input: [UInt8]) throws {
        try expect((try? JSON(parsing: json.text))?.value == json.value, "the text of a value is not its text")
        _ = (json.integer, json.double, json.bool, json.isNull)
        for element in json.elements ?? [] { try walk(element, in: input) }
        for (name, value) in json.members ?? [] {
            try expect(json[name]?.text == value.text, "a member is not found by its name")
            try walk(value, in: input)
        }
    }

    private static func hasNumberOutOfRange(_ json: JSON) -> Bool {
        (json.kind == .number && json.double == nil)
            || (json.elements ?? []).contains(where: hasNumberOutOfRange)
            || (json.members ?? []).contains { hasNumberOutOfRange($0.value) }
    }

    /// Base64url without padding (RFC 7515 §2).
    static let base64URL = FuzzTarget(
        name: "base64url", maximumSize: 512,
        seeds: { ["", "AA", "AAA", "AAAA", "-_-_", "Zg", "Zm9vYmFy", "AB", "Zg==", "+/+/"].map { Array($0.utf8) } },
        check: { input in
            try expect((try? Base64URL.decode(Base64URL.encode(input))) == input, "decoding undoes encoding")
            let decoded = try? Base64URL.decode(input)
            if let decoded {
                try expect(Array(Base64URL.encode(decoded).utf8) == input, "another text means the same bytes")
            }
            // Foundation knows the other alphabet, and is lenient with trailing bits.
            let swapped = input.map { byte -> UInt8 in
                switch byte {
                case UInt8(ascii: "-"): UInt8(ascii: "+")
                case UInt8(ascii: "_"): UInt8(ascii: "/")
                case UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="): 0
                default: byte
                }
            }
            let padded = swapped + Array(repeating: UInt8(ascii: "="), count: (4 - input.count % 4) % 4)
            var reference = Data(base64Encoded: Data(padded))
            if let data = reference, Array(data.base64EncodedData()) != padded { reference = nil }
            try expect(decoded == reference.map { Array($0) }, "Foundation reads other bytes")
        })
}
