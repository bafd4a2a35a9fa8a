extension String {
    /// Whether both strings have the same octets.
    ///
    /// `==` of `String` holds for canonically equivalent texts, so that U+212A KELVIN SIGN equals `K`. Names in JOSE are
    /// compared "with no transformations" (RFC 7515 §5.3).
    package func hasSameOctets(as other: String) -> Bool {
        ConstantTime.equal(self, other)
    }
}
