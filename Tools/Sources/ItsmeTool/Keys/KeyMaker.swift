import ItsmeRP
import JOSE

/// Where the commands get a key from: a new one, or one in a file.
enum KeyMaker {
    /// Makes a key that is named by its thumbprint.
    static func newKey(_ use: KeyUse, bits: Int) throws(ToolFailure) -> JWK {
        do {
            return try ImportedKey(key: RSAPrivateKey.generate(bits: bits), subject: nil, name: nil).jwk(use)
        } catch let error as JOSEError {
            throw ToolFailure("no key could be made: \(error.reason)")
        } catch let error as ToolFailure {
            throw error
        } catch {
            throw ToolFailure("no key could be made")
        }
    }

    /// Reads the keys of a file; the passphrase comes from a file or from the person.
    static func importedKeys(
        in path: String, passphraseFile: String?, _ dialogue: any KeyDialogue
    ) throws(ToolFailure) -> [ImportedKey] {
        try ImportedKey.all(in: path) { attempt throws(ToolFailure) in
            if let passphraseFile {
                guard attempt == 0 else { throw ToolFailure("\(path): the passphrase in \(passphraseFile) is wrong") }
                return try firstLine(of: passphraseFile)
            }
            if attempt > 0 { dialogue.say("That passphrase does not open it.") }
            return try dialogue.askPassphrase("Passphrase of \(path)")
        }
    }

    private static func firstLine(of path: String) throws(ToolFailure) -> SecretBytes {
        let contents = try path.asKeyFile { file throws(ItsmeError) in try file.read() }
        var line: [UInt8] = []
        // Never reallocated, so it leaves no copy.
        line.reserveCapacity(contents.count)
        contents.withBytes { octets in
            for index in octets.indices {
                guard octets[index] != UInt8(ascii: "\n"), octets[index] != UInt8(ascii: "\r") else { return }
                line.append(octets[index])
            }
        }
        return SecretBytes(taking: &line)
    }
}
