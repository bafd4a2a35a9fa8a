// Shows that the run under LeakSanitizer says something: with the argument `leak` this program loses memory, and with
// `overflow` it reads past the end of some; both must be reported. Without, nothing may be.

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

@inline(never)
private func lose() {
    malloc(4321)?.storeBytes(of: 1, as: UInt8.self)
}

@inline(never)
private func overflow(_ count: Int) -> UInt8 {
    let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: count)
    defer { memory.deallocate() }
    memory.initialize(repeating: 1, count: count)
    return memory[count]
}

@main
enum LeakProbe {
    static func main() {
        for _ in 0..<3 where CommandLine.arguments.contains("leak") { lose() }
        if CommandLine.arguments.contains("overflow") { print(overflow(CommandLine.arguments.count)) }
    }
}
