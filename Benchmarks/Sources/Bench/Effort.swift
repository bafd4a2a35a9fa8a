/// How long to measure.
struct Effort: Sendable {
    /// Pairs of batches per figure.
    var rounds = 101
    /// Validations whose memory is watched.
    var validations = 1_000_000

    var isQuick = false

    static let quick = Effort(rounds: 15, validations: 50_000, isQuick: true)
}
