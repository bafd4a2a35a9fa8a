#if Tool
    import Foundation
    import ItsmeSandbox

    /// The files of a new service: those of `Examples/Service`, and what they need outside the repository.
    struct NewService {
        struct File: Equatable {
            let path: String
            let text: String
        }

        /// In the order in which they are read.
        let files: [File]

        /// - Throws: ``ToolFailure`` if SwiftPM could not tell the service from a package that it depends on.
        init(name: String, library: LibraryDependency) throws(ToolFailure) {
            let taken = [library.package, "hummingbird", "swift-configuration", "swift-metrics"]
            guard !taken.contains(where: { $0.lowercased() == name.lowercased() }) else {
                throw ToolFailure("A package that the service depends on is named \(name) too. Choose another name.")
            }
            files =
                [
                    File(path: "README.md", text: Self.readme(name)), File(path: ".gitignore", text: Self.gitignore),
                    File(path: "client.json", text: ClientRegistration.example + "\n"),
                    File(path: "service.env", text: Self.settings),
                ]
                + ExampleService.files.map { path, text in
                    File(path: path, text: path == "Package.swift" ? Self.manifest(text, name, library) : text)
                }
        }

        /// Writes the files into a new folder.
        ///
        /// - Throws: ``ToolFailure`` if the folder exists or cannot be written.
        func write(to folder: URL) throws(ToolFailure) {
            do {
                try FileManager.default.createDirectory(
                    at: folder.deletingLastPathComponent(), withIntermediateDirectories: true)
                // Fails if there is something of this name.
                try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
                for file in files {
                    let place = folder.appendingPathComponent(file.path)
                    try FileManager.default.createDirectory(
                        at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
                    try Data(file.text.utf8).write(to: place)
                }
            } catch CocoaError.fileWriteFileExists {
                throw ToolFailure("\(folder.path) exists already, and is left alone. Choose another name or --out.")
            } catch {
                throw ToolFailure("\(folder.path): the folder cannot be written. Choose another place with --out.")
            }
        }

        /// The example's manifest with the name of the service and another place of the library.
        private static func manifest(_ text: String, _ name: String, _ library: LibraryDependency) -> String {
            text.replacing("name: \"service\",", with: "name: \"\(name)\",")
                .replacing("name: \"itsme-rp\", path: \"../..\"", with: library.arguments)
                .replacing("package: \"itsme-rp\"", with: "package: \"\(library.package)\"")
        }

        private static func readme(_ name: String) -> String {
            """
            # \(name)

            A service with Login, Share data and Confirm of itsme. Start a local itsme, in this folder:

                export SWIFT_DETERMINISTIC_HASHING=1  # Without it, SwiftPM compiles the library twice.
                swift run itsme keys generate --non-interactive --out-private itsme.json --out-public public.json
                swift run itsme keys sealing-key --out sealing-key
                swift run itsme sandbox --client client.json --keys sandbox-keys.json

            Then start the service in a second terminal, and open http://127.0.0.1:8082 (not localhost):

                export SWIFT_DETERMINISTIC_HASHING=1; set -a; . ./service.env; swift run Service

            A kiosk is at /kiosk: http://127.0.0.1:8080/v2/sandbox/phone scans its QR code and approves. For several
            instances, set STORE_URL and build with `--traits Redis` or `--traits PostgreSQL`.

            `swift test` tests it without a server. `swift run itsme doctor --file service.env` checks its settings.

            """
        }

        private static let gitignore = """
            /.build
            # Secrets: what the commands of the README make.
            /itsme.json
            /sealing-key
            /sandbox-keys.json

            """

        private static let settings = """
            # The settings of the service for the local itsme. There is no secret here, only the names of files.
            ITSME_ENVIRONMENT=loopback-sandbox
            ITSME_ISSUER=http://127.0.0.1:8080/v2
            ITSME_CLIENT_ID=SANDBOX_CLIENT
            ITSME_REDIRECT_URI=http://127.0.0.1:8082/callback
            ITSME_KEY_FILE=itsme.json
            ITSME_SEALING_KEY_FILE=sealing-key
            ITSME_SERVICE_LOGIN=SANDBOX_LOGIN
            ITSME_SERVICE_DATA=SANDBOX_DATA
            ITSME_SERVICE_CONFIRM=SANDBOX_CONFIRM

            """
    }
#endif
