#if Tool
    import ArgumentParser
    import Foundation

    /// Where the new service takes the library from.
    struct LibraryDependency {
        /// The folder or the URL.
        let place: String
        /// The name of the package in the manifest's dependencies of targets.
        let package: String
        /// The first arguments of `.package(`, before the traits.
        let arguments: String

        /// - Throws: `ValidationError` if a folder is not the library, or nothing is given and nothing is found.
        init(path: String?, url: String?, branch: String?) throws(ValidationError) {
            if let url {
                let version = Itsme.configuration.version
                let isReleased = !version.hasSuffix("-dev")
                let requirement =
                    if let branch {
                        "branch: \(branch.swiftLiteral)"
                    } else {
                        isReleased ? "from: \(version.swiftLiteral)" : "branch: \"main\""
                    }
                place = url
                package = Self.identity(url)
                arguments = "url: \(url.swiftLiteral), \(requirement)"
                return
            }
            guard let folder = path.map({ URL(fileURLWithPath: $0).standardizedFileURL }) ?? Self.ownClone else {
                throw ValidationError(
                    "Say where the library is: --url URL for its git repository, or --path FOLDER for a clone.")
            }
            guard Self.isLibrary(folder) else {
                throw ValidationError(
                    """
                    --path '\(folder.path)': this is not the folder of the library ItsmeRP. Give that with its \
                    Package.swift.
                    """)
            }
            place = folder.path
            package = Self.name
            arguments = "name: \(Self.name.swiftLiteral), path: \(folder.path.swiftLiteral)"
        }

        private static let name = "itsme-rp"

        /// The name that SwiftPM gives a package with this URL: the last part of the path, without `.git`.
        private static func identity(_ url: String) -> String {
            let last = url.split(whereSeparator: { "/:".contains($0) }).last.map(String.init) ?? url
            return last.hasSuffix(".git") ? String(last.dropLast(4)) : last
        }

        /// The clone of the library that has this executable in its build folder; nil after an installation.
        private static var ownClone: URL? {
            guard var folder = Bundle.main.executableURL?.resolvingSymlinksInPath().deletingLastPathComponent() else {
                return nil
            }
            while folder.path != "/" {
                if isLibrary(folder) { return folder }
                folder.deleteLastPathComponent()
            }
            return nil
        }

        private static func isLibrary(_ folder: URL) -> Bool {
            let manifest = try? String(contentsOf: folder.appendingPathComponent("Package.swift"), encoding: .utf8)
            return manifest?.contains("    name: \"\(name)\",\n    platforms:") == true
        }
    }

    extension String {
        /// This text as a literal of Swift; it has no control characters.
        fileprivate var swiftLiteral: String {
            "\"\(replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
        }
    }
#endif
