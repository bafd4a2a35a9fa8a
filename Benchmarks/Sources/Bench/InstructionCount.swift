import Foundation

/// Instructions of a peer outside of OpenSSL, counted by valgrind: nearly the same in each run, where times are not.
struct InstructionCount {
    struct NotCounted: Error {}

    /// The program and its arguments.
    let command: [String]

    /// Instructions per operation in all libraries but libcrypto, whose own are the same for all that use it, save for
    /// the random blinding values.
    ///
    /// Of two runs of different length, so that the start and the end of the process are not in it. Nil for a program that
    /// does not load libcrypto.
    func perOperation(_ operation: String) throws -> Double? {
        let few = Pairs.blindings
        let many = 3 * few
        guard let most = try total(operation, many), let least = try total(operation, few) else { return nil }
        return Double(most - least) / Double(many - few)
    }

    private func total(_ operation: String, _ count: Int) throws -> Int? {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("itsme-bench-\(UUID().uuidString).out")
        defer { try? FileManager.default.removeItem(at: file) }
        let valgrind = [
            "valgrind", "-q", "--tool=callgrind", "--callgrind-out-file=" + file.path, "--compress-strings=no",
            "--compress-pos=no",
        ]
        let process = try LoadProcess(URL(fileURLWithPath: "/usr/bin/env"), valgrind + command)
        guard Double(try process.ask("\(operation) \(count)")) != nil else { throw NotCounted() }
        try process.end()
        return try Self.outsideOfOpenSSL(String(decoding: Data(contentsOf: file), as: UTF8.self))
    }

    /// Adds up the own costs in a file in callgrind's format. `ob=` starts the functions of an object; the line after
    /// `calls=` has the cost of what was called, which is counted at its own place.
    private static func outsideOfOpenSSL(_ profile: String) throws -> Int? {
        var total = 0
        var isOpenSSL = false
        var hasOpenSSL = false
        var isCall = false
        for line in profile.utf8.split(separator: UInt8(ascii: "\n")) {
            if line.starts(with: "ob=".utf8) {
                isOpenSSL = String(Substring(line)).contains("libcrypto.so")
                hasOpenSSL = hasOpenSSL || isOpenSSL
            } else if line.starts(with: "calls=".utf8) {
                isCall = true
            } else if let first = line.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) {
                let numbers = line.split(separator: UInt8(ascii: " "))
                guard numbers.count == 2, let cost = Int(Substring(numbers[1])) else { throw NotCounted() }
                if !isCall, !isOpenSSL { total += cost }
                isCall = false
            }
        }
        return hasOpenSSL ? total : nil
    }
}
