import JOSE

/// Reads members of a JSON object and names each one that is not as it should be.
struct RegistrationReader {
    let json: JSON
    private let prefix: String

    /// Takes an object whose members are all in `allowed`.
    init(_ json: JSON, at prefix: String, allowing allowed: Set<String>) throws(SandboxConfigurationError) {
        guard let members = json.members else {
            throw SandboxConfigurationError(
                prefix.isEmpty ? "registration" : prefix, "It is not a JSON object.", remedy: "Write an object.")
        }
        self.json = json
        self.prefix = prefix
        for member in members where !allowed.contains(member.name) {
            throw SandboxConfigurationError(
                path(member.name), "There is no such member.",
                remedy: "Remove it, or correct its name: \(allowed.sorted().joined(separator: ", ")).")
        }
    }

    /// The path of the member `name` in the whole file.
    func path(_ name: String) -> String { prefix.isEmpty ? name : "\(prefix).\(name)" }

    /// The string `name`, or `nil` when it is absent.
    func string(_ name: String) throws(SandboxConfigurationError) -> String? {
        guard let value = json[name] else { return nil }
        guard let string = value.string else {
            throw SandboxConfigurationError(path(name), "It is not a string.", remedy: "Write a string.")
        }
        return string
    }

    /// The string `name`, which must be there.
    func requiredString(_ name: String) throws(SandboxConfigurationError) -> String {
        guard let string = try string(name) else {
            throw SandboxConfigurationError(path(name), "It is missing.", remedy: "Add it.")
        }
        return string
    }

    /// The boolean `name`, or `nil` when it is absent.
    func bool(_ name: String) throws(SandboxConfigurationError) -> Bool? {
        guard let value = json[name] else { return nil }
        guard let bool = value.bool else {
            throw SandboxConfigurationError(path(name), "It is not true or false.", remedy: "Write true or false.")
        }
        return bool
    }

    /// The array of strings `name`, empty when it is absent.
    func strings(_ name: String) throws(SandboxConfigurationError) -> [String] {
        var strings: [String] = []
        for (index, element) in try elements(name).enumerated() {
            guard let string = element.string else {
                throw SandboxConfigurationError(
                    "\(path(name))[\(index)]", "It is not a string.", remedy: "Write a string.")
            }
            strings.append(string)
        }
        return strings
    }

    /// The array of objects `name`, empty when it is absent.
    func objects(
        _ name: String, allowing allowed: Set<String>
    ) throws(SandboxConfigurationError) -> [RegistrationReader] {
        var objects: [RegistrationReader] = []
        for (index, element) in try elements(name).enumerated() {
            objects.append(try RegistrationReader(element, at: "\(path(name))[\(index)]", allowing: allowed))
        }
        return objects
    }

    /// The algorithm `name` among `known`, or `standard` when it is absent.
    func algorithm<Algorithm>(
        _ name: String, among known: [Algorithm], default standard: Algorithm, name naming: (Algorithm) -> String
    ) throws(SandboxConfigurationError) -> Algorithm {
        try algorithm(name, among: known, name: naming) ?? standard
    }

    /// The algorithm `name` among `known`, or `nil` when it is absent.
    func algorithm<Algorithm>(
        _ name: String, among known: [Algorithm], name naming: (Algorithm) -> String
    ) throws(SandboxConfigurationError) -> Algorithm? {
        guard let string = try string(name) else { return nil }
        guard let algorithm = known.first(where: { naming($0) == string }) else {
            throw SandboxConfigurationError(
                path(name), "itsme does not offer this algorithm here.",
                remedy: "Use \(known.map(naming).joined(separator: " or ")).")
        }
        return algorithm
    }

    private func elements(_ name: String) throws(SandboxConfigurationError) -> [JSON] {
        guard let value = json[name] else { return [] }
        guard let elements = value.elements else {
            throw SandboxConfigurationError(path(name), "It is not an array.", remedy: "Write an array.")
        }
        return elements
    }
}
