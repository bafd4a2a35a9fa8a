#if Tool
    import ArgumentParser
    import Foundation
    import ItsmeRP
    import JOSE

    /// Makes a key that seals cookies.
    struct SealingKeyCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "sealing-key",
            abstract: "Make a sealing key: 32 random bytes in Base64, as ITSME_SEALING_KEY wants them.",
            discussion: """
                Without --out it prints the key, for a secret store. All instances of a service need the same key. To \
                change it, keep the old one as ITSME_PREVIOUS_SEALING_KEY until the sessions of that time have ended.
                """)

        @Option(
            help: ArgumentHelp(
                "Write the key to this new file with mode 0600, instead of printing it.", valueName: "file"),
            completion: .file())
        var out: String?

        @OptionGroup var output: OutputOptions

        func run() throws {
            guard var text = try? Array(Data(RandomSource.system.bytes(32)).base64EncodedString().utf8) else {
                throw ToolFailure("the system gave no random bytes. Try again.")
            }
            guard let out else {
                let key = String(decoding: text, as: UTF8.self)
                output.print(text: [key], json: ["sealingKey": .string(key)])
                return
            }
            text.append(UInt8(ascii: "\n"))
            let secret = SecretBytes(taking: &text)
            try out.asKeyFile { file throws(ItsmeError) in try file.create(secret) }
            output.print(
                text: [
                    "Written: \(out) (mode 0600)",
                    "Give it to the service: ITSME_SEALING_KEY_FILE=\(out.quotedForShell)",
                    "Every instance needs the same key. Keep the file out of version control.",
                ],
                json: ["written": .string(out), "setting": "ITSME_SEALING_KEY_FILE"])
        }
    }
#endif
