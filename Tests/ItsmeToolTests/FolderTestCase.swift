#if Tool
    import Foundation
    import XCTest

    /// A test case whose tests each have an empty folder of their own.
    class FolderTestCase: XCTestCase {
        private(set) var folder = URL(fileURLWithPath: "")

        override func setUpWithError() throws {
            folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        }

        override func tearDownWithError() throws {
            try FileManager.default.removeItem(at: folder)
        }

        /// The path of a file in the folder.
        func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
    }
#endif
