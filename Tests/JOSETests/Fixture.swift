import Foundation
import JOSE

/// Files in the folder `Fixtures` of the repository.
enum Fixture {
    private static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures")

    static func bytes(_ path: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: root.appendingPathComponent(path)))
    }

    static func text(_ path: String) throws -> String {
        String(decoding: try bytes(path), as: UTF8.self)
    }

    static func json(_ path: String) throws -> JSON {
        try JSON(parsing: bytes(path))
    }
}

/// What a test needs and does not find.
struct MissingMember: Error {
    let name: String
}

extension JSON {
    /// A member that has to be there.
    func required(_ member: String) throws -> JSON {
        guard let value = self[member] else {
            throw MissingMember(name: member)
        }
        return value
    }

    /// The text of a member that has to be there.
    func requiredString(_ member: String) throws -> String {
        guard let text = try required(member).string else {
            throw MissingMember(name: member)
        }
        return text
    }
}
