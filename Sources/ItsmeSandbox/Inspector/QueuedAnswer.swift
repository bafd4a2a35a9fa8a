import JOSE
import Synchronization

/// What a person does with the next authorization request, without a page.
struct QueuedAnswer: Sendable {
    /// The persona who answers.
    let persona: String
    let behaviour: SandboxBehaviour
    /// The client whose request is answered; `nil` for any.
    let clientID: String?

    var json: JSONValue {
        [
            "persona": .string(persona), "behaviour": .string(behaviour.rawValue),
            "client_id": JSONValue(optional: clientID),
        ]
    }
}

/// The answers that wait for an authorization request, in order.
final class AnswerQueue: Sendable {
    private let answers = Mutex<[QueuedAnswer]>([])

    var waiting: [QueuedAnswer] { answers.withLock { $0 } }

    func append(_ answer: QueuedAnswer) { answers.withLock { $0.append(answer) } }

    func removeAll() { answers.withLock { $0 = [] } }

    /// Removes and returns the first answer for a request of this client.
    func take(for clientID: String) -> QueuedAnswer? {
        answers.withLock { answers in
            guard let index = answers.firstIndex(where: { $0.clientID == nil || $0.clientID == clientID }) else {
                return nil
            }
            return answers.remove(at: index)
        }
    }
}
