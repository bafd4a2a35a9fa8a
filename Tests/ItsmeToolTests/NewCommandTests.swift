#if Tool
    import Foundation
    import XCTest

    @testable import ItsmeTool

    /// `itsme new`.
    final class NewCommandTests: FolderTestCase {
        private static let root = URL(fileURLWithPath: #filePath)
            .appendingPathComponent("../../../").standardizedFileURL
        private static let example = root.appendingPathComponent("Examples/Service")

        func testHasTheFilesOfTheExample() throws {
            let paths = try Self.files(in: Self.example).filter { $0.hasSuffix(".swift") }
            let files = try paths.map { path in
                (path, try String(contentsOf: Self.example.appendingPathComponent(path), encoding: .utf8))
            }
            let wanted = Self.source(files)
            let place = Self.root.appendingPathComponent("Sources/ItsmeTool/New/ExampleService.swift")
            if ProcessInfo.processInfo.environment["ITSMERP_WRITE_TABLE"] != nil {
                try Data(wanted.utf8).write(to: place)
            } else {
                XCTAssertTrue(
                    try String(contentsOf: place, encoding: .utf8) == wanted,
                    "itsme new would not write Examples/Service as it is. Run: make tables")
            }
        }

        func testWritesTheExampleAndWhatItNeeds() throws {
            let service = path("my-shop")
            let result = try ToolProcess(["new", "my-shop", "--path", Self.root.path, "--out", service, "--json"])
                .result()
            XCTAssertEqual(result.status, 0, result.output)
            let output = try XCTUnwrap(JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
            XCTAssertEqual(output["folder"] as? String, service)
            let written = try XCTUnwrap(output["written"] as? [String])
            XCTAssertEqual(written.sorted(), try Self.files(in: URL(fileURLWithPath: service)))
            let own = [".gitignore", "README.md", "client.json", "service.env"]
            XCTAssertEqual(Set(written), Set(own + ExampleService.files.map(\.path)))
            for (file, text) in ExampleService.files where file != "Package.swift" {
                XCTAssertEqual(try self.text("my-shop/\(file)"), text, file)
            }
            // Only the name and the place of the library differ.
            XCTAssertEqual(
                try text("my-shop/Package.swift").replacing("name: \"my-shop\"", with: "name: \"service\"")
                    .replacing("\"\(Self.root.path)\"", with: "\"../..\""),
                ExampleService.files.first { $0.path == "Package.swift" }?.text)
            let package = try Self.dump(service)
            XCTAssertTrue(package.contains(#""name" : "my-shop""#), package)
            XCTAssertTrue(package.contains(Self.root.path), package)
        }

        func testTakesTheLibraryFromARepository() throws {
            for (options, requirement) in [([], #""main""#), (["--branch", "next"], #""next""#)] {
                let service = path("shop-\(options.count)")
                let result = try ToolProcess(
                    ["new", "shop", "--url", "https://git.example/tools/itsme-lib.git", "--out", service] + options
                ).result()
                XCTAssertEqual(result.status, 0, result.output)
                let package = try Self.dump(service)
                for text in ["https://git.example/tools/itsme-lib.git", requirement, #""itsme-lib""#] {
                    XCTAssertTrue(package.contains(text), "\(text) in \(package)")
                }
                XCTAssertFalse(package.contains(#""itsme-rp""#), package)
            }
        }

        func testTheCommandsOfItsReadMeMakeEverySettingUsable() throws {
            let service = path("shop")
            let made = try ToolProcess(["new", "shop", "--path", Self.root.path, "--out", service]).result()
            XCTAssertEqual(made.status, 0, made.output)
            let commands = try text("shop/README.md").split(separator: "\n")
                .filter { $0.hasPrefix("    swift run itsme keys") }.map { $0.replacing("swift run ", with: "") }
            XCTAssertEqual(commands.count, 2)
            let script = (["cd '\(service)'"] + commands + ["itsme config --file service.env"])
                .joined(separator: " && ")
            let result = try ToolProcess(shell: script).result()
            XCTAssertEqual(result.status, 0, result.output)
            XCTAssertTrue(result.output.contains("service confirm: SANDBOX_CONFIRM"), result.output)
            // Whatever the commands make is no part of a commit.
            let secrets = Set(try Self.files(in: URL(fileURLWithPath: service))).subtracting(
                ["public.json"] + [".gitignore", "README.md", "client.json", "service.env"]
                    + ExampleService.files.map(\.path))
            XCTAssertEqual(secrets.sorted(), ["itsme.json", "sealing-key"])
            for secret in secrets {
                XCTAssertTrue(try text("shop/.gitignore").contains("/\(secret)\n"), secret)
            }
        }

        func testRefusesToOverwrite() throws {
            try FileManager.default.createDirectory(atPath: path("shop"), withIntermediateDirectories: false)
            try Data("mine".utf8).write(to: folder.appendingPathComponent("shop/README.md"))
            try Data("mine".utf8).write(to: folder.appendingPathComponent("file"))
            for place in ["shop", "file"] {
                let result = try ToolProcess(["new", "shop", "--path", Self.root.path, "--out", path(place)]).result()
                XCTAssertEqual(result.status, 1, result.output)
                XCTAssertTrue(result.output.contains("exists already, and is left alone"), result.output)
            }
            XCTAssertEqual(try Self.files(in: folder), ["file", "shop/README.md"])
            XCTAssertEqual(try text("shop/README.md") + text("file"), "minemine")
        }

        func testAsksWhereTheLibraryIsWhenItIsInstalledAlone() throws {
            let result = try ToolProcess(
                shell:
                    "cd '\(folder.path)' && cp \"$0/itsme\" itsme && ./itsme new shop; status=$?; rm itsme; exit $status"
            ).result()
            XCTAssertEqual(result.status, 64, result.output)
            XCTAssertTrue(result.output.contains("--url URL"), result.output)
            XCTAssertEqual(try Self.files(in: folder), [])
        }

        func testRefusesWhatCannotBeAPackage() throws {
            let library = ["--path", Self.root.path]
            for (arguments, status, text) in [
                (["9shop"] + library, 64, "The name must begin with a letter"),
                (["a/b"] + library, 64, "The name must begin with a letter"),
                (["\u{1B}[31m"] + library, 64, "The name must begin with a letter"),
                (["Hummingbird"] + library, 1, "is named Hummingbird too"),
                (["itsme-lib", "--url", "git@git.example:itsme-lib.git"], 1, "is named itsme-lib too"),
                (
                    ["shop", "--path", folder.path], 64,
                    "--path '\(folder.path)': this is not the folder of the library"
                ),
                (["shop", "--path", "/a", "--url", "b"], 64, "not both"),
                (["shop", "--url", "a\nb"], 64, "--url is empty or has characters that cannot be printed"),
                (["shop", "--branch", "next"] + library, 64, "--branch is for --url only"),
            ] as [([String], Int32, String)] {
                let result = try ToolProcess(["new", "--out", path("new")] + arguments).result()
                XCTAssertEqual(result.status, status, "\(arguments) \(result.output)")
                XCTAssertTrue(result.output.contains(text), "\(arguments) \(result.output)")
                XCTAssertFalse(result.output.contains("\u{1B}"), result.output)
            }
            XCTAssertEqual(try Self.files(in: folder), [])
        }

        // MARK: Helpers

        private func text(_ name: String) throws -> String {
            try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
        }

        /// The paths of all files in a folder, sorted, without build output.
        private static func files(in folder: URL) throws -> [String] {
            try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted().filter { path in
                var isFolder: ObjCBool = false
                return FileManager.default.fileExists(
                    atPath: folder.appendingPathComponent(path).path, isDirectory: &isFolder)
                    && !isFolder.boolValue && !path.hasPrefix(".build/") && path != "Package.resolved"
            }
        }

        /// What SwiftPM reads in the manifest.
        private static func dump(_ package: String) throws -> String {
            let result = try ToolProcess(
                shell: "swift package --package-path '\(package)' --scratch-path '\(package)/.build' dump-package"
            ).result()
            XCTAssertEqual(result.status, 0, result.output)
            return result.output.replacing("\\/", with: "/")
        }

        /// The source file with the files of the example.
        private static func source(_ files: [(path: String, text: String)]) -> String {
            let entries = files.map { path, text in
                let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map {
                    $0.isEmpty ? "" : "                \($0)"
                }
                return """
                                (
                                    "\(path)",
                                    ###\"\"\"
                    \(lines.joined(separator: "\n"))
                                    \"\"\"###
                                ),

                    """
            }
            return """
                // swift-format-ignore-file
                #if Tool
                    /// The files of `Examples/Service`, so that the command has them without the repository. `make tables` writes this file.
                    enum ExampleService {
                        static let files: [(path: String, text: String)] = [
                \(entries.joined())        ]
                    }
                #endif

                """
        }
    }
#endif
