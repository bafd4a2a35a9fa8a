/// One line of the report: what was measured, against what, and whether that is good enough.
struct Figure: Sendable {
    let name: String
    let ours: String
    let reference: String
    let ratio: String
    let target: String
    /// Nil for what is only listed.
    let isMet: Bool?

    var verdict: String {
        switch isMet {
        case true?: "ok"
        case false?: "short"
        case nil: "listed"
        }
    }

    var line: String { [name, ours, reference, ratio, target, verdict].joined(separator: "  ") }

    var row: String { "| " + [name, ours, reference, ratio, target, verdict].joined(separator: " | ") + " |" }

    static let head = """
        | figure | ours | reference | ratio | target | verdict |
        | --- | ---: | ---: | ---: | --- | --- |
        """

    /// Our cost as a multiple of the reference's.
    static func multiple(
        _ name: String, _ pairs: Pairs, atMost limit: Double, unit: Unit = .microseconds
    ) -> Figure {
        Figure(
            name: name, ours: unit.text(pairs.ours), reference: unit.text(pairs.reference),
            ratio: Unit.decimal(pairs.ratio, 3), target: "<= \(Unit.decimal(limit, 2)) x", isMet: pairs.ratio <= limit)
    }

    /// A ratio that is one but for the noise of the machine.
    static func control(_ name: String, _ pairs: Pairs) -> Figure {
        Figure(
            name: name, ours: Unit.microseconds.text(pairs.ours), reference: Unit.microseconds.text(pairs.reference),
            ratio: Unit.decimal(pairs.ratio, 3), target: "-", isMet: nil)
    }

    /// Our cost above the reference's, in nanoseconds.
    static func excess(_ name: String, _ pairs: Pairs, atMost limit: Double) -> Figure {
        Figure(
            name: name, ours: Unit.microseconds.text(pairs.ours), reference: Unit.microseconds.text(pairs.reference),
            ratio: Unit.microseconds.signed(pairs.excess), target: "<= +" + Unit.microseconds.text(limit),
            isMet: pairs.excess <= limit)
    }

    /// A number with a limit of its own.
    static func number(
        _ name: String, _ value: Double, _ unit: Unit, below limit: Double? = nil, reference: String = "-"
    ) -> Figure {
        Figure(
            name: name, ours: unit.text(value), reference: reference, ratio: "-",
            target: limit.map { "< " + unit.text($0) } ?? "-", isMet: limit.map { value < $0 })
    }
}
