import Foundation
import FuzzTargets

// libFuzzer has the entry point of the process and calls these two by name. The environment variable ITSMERP_FUZZ_TARGET
// names the target; with ITSMERP_FUZZ_SEEDS the seeds are written to that folder and nothing is tried.

private let target: FuzzTarget = {
    let name = ProcessInfo.processInfo.environment["ITSMERP_FUZZ_TARGET"] ?? ""
    guard let target = FuzzTarget.all.first(where: { $0.name == name }) else {
        stop("ITSMERP_FUZZ_TARGET is to name one of " + FuzzTarget.all.map(\.name).joined(separator: " "))
    }
    return target
}()

private func say(_ text: String) {
    FileHandle.standardError.write(Data("fuzz: \(text)\n".utf8))
}

private func stop(_ text: String) -> Never {
    say(text)
    exit(2)
}

@_silgen_name("__lsan_disable")
private func stopWatchingForLeaks()

@_silgen_name("__lsan_enable")
private func watchForLeaksAgain()

/// Called once, before the first input.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(_ count: UnsafeMutableRawPointer?, _ arguments: UnsafeMutableRawPointer?) -> CInt {
    // The keys and clients of the targets are kept for good, some behind pointers in whose spare bits Swift keeps the case
    // of an enum: LeakSanitizer does not see these. So all of them are made here.
    stopWatchingForLeaks()
    defer { watchForLeaksAgain() }
    let seeds: [[UInt8]]
    do {
        seeds = try target.seeds()
        // What does not hold is told when libFuzzer comes to the seed.
        for seed in seeds { try? target.check(seed) }
    } catch {
        stop("the seeds of \(target.name) cannot be made: \(error)")
    }
    if let folder = ProcessInfo.processInfo.environment["ITSMERP_FUZZ_SEEDS"] {
        for (number, seed) in seeds.enumerated() {
            do {
                try Data(seed).write(to: URL(fileURLWithPath: "\(folder)/seed-\(number)"))
            } catch {
                stop("a seed cannot be written to \(folder)")
            }
        }
        print(target.maximumSize)
        exit(0)
    }
    return 0
}

/// Called for each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func tryInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    do {
        try target.check(Array(UnsafeBufferPointer(start: start, count: count)))
    } catch {
        say("finding in \(target.name): \(error)")
        abort()
    }
    return 0
}
