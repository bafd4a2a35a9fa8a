import JOSE
import Synchronization

/// A persona and what they do, as somebody chose them on a page, in a URL or over HTTP.
struct PersonChoice: Sendable {
    let persona: Persona
    let behaviour: SandboxBehaviour

    /// The persona who does so. One who never approves stays like that if nothing else was chosen.
    var person: Persona { behaviour == .approves ? persona : persona.behaving(behaviour) }
}

/// What a person does with the next authorization request, without a page.
struct QueuedAnswer: Sendable {
    let choice: PersonChoice
    /// The client whose request is answered; `nil` for any.
    let clientID: String?

    var json: JSONValue {
        [
            "persona": .string(choice.persona.id), "behaviour": .string(choice.behaviour.rawValue),
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
