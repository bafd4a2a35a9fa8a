import Foundation
import ItsmeRP
import JOSE

/// The set of a ring that itsme reads, in a file for a web server.
struct PublicKeyFile {
    let path: String

    /// Writes the file, unless there is one.
    func create(_ ring: KeyRing) throws(ToolFailure) {
        try write(ring, .withoutOverwriting)
    }

    /// Puts the set of a changed ring in place of the former one, at once.
    func replace(_ ring: KeyRing) throws(ToolFailure) {
        try write(ring, .atomic)
    }

    /// The text of a ring's public set.
    static func text(_ ring: KeyRing) throws(ToolFailure) -> [UInt8] {
        do {
            return try ring.publicJWKSet().publicJSON().serialized() + [UInt8(ascii: "\n")]
        } catch {
            throw ToolFailure("the public keys cannot be had: \(error)")
        }
    }

    private func write(_ ring: KeyRing, _ options: Data.WritingOptions) throws(ToolFailure) {
        let text = try Self.text(ring)
        do {
            try Data(text).write(to: URL(fileURLWithPath: path), options: options)
        } catch {
            throw ToolFailure(
                "\(path): the public keys cannot be written; the private ones are in place, and `itsme keys show --public` prints these"
            )
        }
    }
}
