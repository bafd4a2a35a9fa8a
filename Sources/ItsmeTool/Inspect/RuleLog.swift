#if Tool
    import ItsmeRP
    import Synchronization

    /// The rules that the library checked, in their order, and how it ended.
    final class RuleLog: Sendable {
        private let rules = Mutex<[ValidationTrace.Rule]>([])

        /// Runs a part of a validation of the library.
        ///
        /// - Returns: Its result; nil if a rule is broken, see ``error``.
        func run<Result>(
            isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Result
        ) async throws(CancellationError) -> Swift.Result<Result, ItsmeError> {
            do {
                return .success(
                    try await ValidationTrace.$listener.withValue(
                        { rule in self.rules.withLock { $0.append(rule) } }, operation: body))
            } catch let error as ItsmeError {
                return .failure(error)
            } catch {
                throw CancellationError()
            }
        }

        /// A reason why a rule could not be checked.
        struct Gap {
            let text: String
            let remedy: String
        }

        /// The findings. The rule that was checked last is broken if there is an error.
        ///
        /// - Parameters:
        ///   - gaps: The rules that could not be checked, by ``ItsmeRP/ValidationTrace/Rule/id``.
        ///   - missing: Why the last rule could not be checked, if the error only comes from that.
        func findings(error: ItsmeError?, gaps: [String: Gap], missing: Gap?) -> [Finding] {
            let rules = rules.withLock { $0 }
            var findings = (error == nil ? rules[...] : rules.dropLast()).map { rule -> Finding in
                guard let gap = gaps[rule.id] else { return .ok(rule.id, rule.text) }
                return .skipped(rule.id, gap.text, remedy: gap.remedy)
            }
            guard let error else { return findings }
            let id = rules.last?.id ?? "\(error.phase)"
            if let missing {
                findings.append(.skipped(id, missing.text, remedy: missing.remedy))
            } else {
                let field = error.field.map { " [\($0)]" } ?? ""
                findings.append(.fail(id, "\(error.code)\(field): \(error.reason).", remedy: error.remedy))
            }
            return findings
        }
    }
#endif
