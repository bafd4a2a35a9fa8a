/// A door of the library through which bytes of strangers come, and what has to hold behind it whatever they are.
///
/// The targets know nothing of libFuzzer: the driver gives them inputs that libFuzzer made up, the tests the inputs that
/// were kept.
package struct FuzzTarget: Sendable {
    package let name: String
    /// The longest input that is tried.
    package let maximumSize: Int
    /// Good inputs to start from; they are made anew each time, so that they fit the code.
    package let seeds: @Sendable () throws -> [[UInt8]]
    /// Throws a ``Finding`` if something does not hold. What the library throws is caught inside.
    package let check: @Sendable ([UInt8]) throws -> Void

    package static let all: [FuzzTarget] = [
        .json, .base64URL, .jwkSet, .pem, .pkcs12, .jws, .jwe, .idToken, .discovery, .tokenResponse, .userInfo,
        .callback, .sealed, .httpHeader,
    ]
}

/// A rule that an input broke.
package struct Finding: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// Throws a finding unless the condition is true.
func expect(_ condition: Bool, _ rule: @autoclosure () -> String) throws {
    guard condition else { throw Finding(rule()) }
}

/// The rest of an input whose first byte, a digit or a letter, says what the rest is.
struct Chosen {
    let form: Character
    let rest: [UInt8]

    init?(_ input: [UInt8]) {
        guard let first = input.first else { return nil }
        form = Character(Unicode.Scalar(first))
        rest = Array(input.dropFirst())
    }

    static func seed(_ form: Character, _ rest: [UInt8]) -> [UInt8] {
        Array(form.utf8) + rest
    }

    static func seed(_ form: Character, _ rest: String) -> [UInt8] {
        seed(form, Array(rest.utf8))
    }
}
