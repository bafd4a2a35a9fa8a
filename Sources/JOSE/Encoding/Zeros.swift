extension [UInt8] {
    /// `count` zeros.
    ///
    /// What `init(repeating:count:)` gives, which the compiler leaves generic: it looks up types at run time, for each
    /// array anew.
    init(zeros count: Int) {
        self.init(repeatElement(0, count: count))
    }
}
