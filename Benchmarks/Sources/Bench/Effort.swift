/// How long to measure.
struct Effort: Sendable {
    /// Pairs of batches per figure.
    var rounds = 101
    /// Sets of keys with which operations on tokens are measured, each in as many rounds.
    var worlds = 4
    /// Validations whose memory is watched.
    var validations = 1_000_000

    var isQuick = false

    static let quick = Effort(rounds: 15, worlds: 1, validations: 50_000, isQuick: true)
}
