// What ThreadSanitizer cannot see of Swift's runtime, told to it; see ThreadAnnotations.c.
//
// Whoever resumes a continuation tells ThreadSanitizer so (a release of the task). When that comes before the task has
// suspended, the task goes on without the acquire that belongs to it, and what the two hand over would be taken for a
// race. These functions do what the standard library's own do, and the acquire.

@_silgen_name("itsmerp_acquire_current_task")
private func acquireCurrentTask()

/// Stands before `withCheckedContinuation(isolation:function:_:)`.
@_silgen_name("$ss23withCheckedContinuation9isolation8function_xScA_pSgYi_SSyScCyxs5NeverOGXEtYalF")
public func checkedContinuation<T>(
    isolation: isolated (any Actor)?, function: String, _ body: (CheckedContinuation<T, Never>) -> Void
) async -> sending T {
    let result = await withUnsafeContinuation { body(CheckedContinuation(continuation: $0, function: function)) }
    acquireCurrentTask()
    return result
}

/// Stands before `withCheckedThrowingContinuation(isolation:function:_:)`.
@_silgen_name("$ss31withCheckedThrowingContinuation9isolation8function_xScA_pSgYi_SSyScCyxs5Error_pGXEtYaKlF")
public func checkedThrowingContinuation<T>(
    isolation: isolated (any Actor)?, function: String, _ body: (CheckedContinuation<T, any Error>) -> Void
) async throws -> sending T {
    do {
        let result = try await withUnsafeThrowingContinuation {
            body(CheckedContinuation(continuation: $0, function: function))
        }
        acquireCurrentTask()
        return result
    } catch {
        acquireCurrentTask()
        throw error
    }
}
