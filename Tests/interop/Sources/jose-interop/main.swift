// jose-interop make FILE            writes what the library makes
// jose-interop open FILE RESULTS    opens what others made and appends lines "maker, opener, name, verdict" to RESULTS

import Foundation
import JOSE

let arguments = CommandLine.arguments
switch (arguments.dropFirst().first, arguments.count) {
case ("make", 3):
    let exchanges = try await Maker().exchanges()
    let manifest: JSONValue = ["maker": "itsme-rp", "exchanges": .array(exchanges.map(\.json))]
    try Data(manifest.serialized()).write(to: URL(fileURLWithPath: arguments[2]))
case ("open", 4):
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: arguments[2])))
    let manifest = try JSON(parsing: bytes)
    let maker = try manifest.text("maker")
    var lines = ""
    for exchange in try manifest.required("exchanges").elements ?? [] {
        var verdict = "ok"
        do {
            try await Opener.open(exchange)
        } catch {
            verdict = "FAILED: \(error)"
        }
        lines += "\(maker)\titsme-rp\t\(try exchange.text("name"))\t\(verdict)\n"
    }
    let results = URL(fileURLWithPath: arguments[3])
    let earlier = (try? Data(contentsOf: results)) ?? Data()
    try (earlier + Data(lines.utf8)).write(to: results)
default:
    FileHandle.standardError.write(Data("usage: jose-interop make FILE | open FILE RESULTS\n".utf8))
    exit(64)
}
