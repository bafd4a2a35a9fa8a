#if !Tool
    import Foundation

    /// What `itsme` is without the trait `Tool`, so that the package builds without an argument parser and a server.
    @main
    enum ItsmeWithoutTool {
        static func main() {
            let text = """
                itsme: built without the package trait Tool, so there are no commands. In the package that depends on \
                ItsmeRP, add traits: ["Tool"] to its .package line, then type: swift run itsme. In a clone of ItsmeRP \
                itself, type: swift run --traits Tool itsme.

                """
            try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
            exit(1)
        }
    }
#endif
