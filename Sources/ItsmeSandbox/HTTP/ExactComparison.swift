extension String {
    /// Whether both are the same octets in UTF-8.
    ///
    /// `==` also calls strings the same that Unicode does, such as a K and a kelvin sign. Identifiers and URLs of the
    /// protocol are compared exactly.
    func isExactly(_ other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}

extension Sequence<String> {
    /// Whether one of the strings is the same octets as `text`.
    func containsExactly(_ text: String) -> Bool { contains { $0.isExactly(text) } }
}
