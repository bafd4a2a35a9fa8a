import ItsmeRP
import Synchronization

/// The faults that are still to strike, in the order in which they were put in.
final class FaultQueue: Sendable {
    private let faults = Mutex<[SandboxFault]>([])

    var waiting: [SandboxFault] { faults.withLock { $0 } }

    func append(_ fault: SandboxFault) { faults.withLock { $0.append(fault) } }

    func removeAll() { faults.withLock { $0 = [] } }

    /// Takes out the first fault of `place`, if it can strike now.
    func take(
        _ place: SandboxFault.Place, if canStrike: (SandboxFault) -> Bool = { _ in true }
    ) -> SandboxFault? {
        faults.withLock { faults in
            guard let index = faults.firstIndex(where: { $0.place == place }), canStrike(faults[index]) else {
                return nil
            }
            return faults.remove(at: index)
        }
    }
}

extension SandboxFault {
    /// Changes an answer that is about to go out, or holds it back.
    func alter(_ reply: inout HTTPReply) async {
        switch effect {
        case .reply(let change): change(&reply)
        case .stall(let time): try? await Task.sleep(for: time)
        default: break
        }
    }
}
