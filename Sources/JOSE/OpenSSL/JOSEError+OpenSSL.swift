internal import COpenSSL

extension JOSEError {
    /// Makes the error for a failed call of OpenSSL and empties the thread's error queue, which would otherwise explain
    /// a later, unrelated failure.
    static func openSSL(_ code: Code, _ reason: String) -> JOSEError {
        ERR_clear_error()
        return JOSEError(code, reason)
    }

    /// Makes `cryptoFailed` for a failed call of OpenSSL and empties the thread's error queue.
    static func openSSL(_ reason: String) -> JOSEError {
        openSSL(.cryptoFailed, reason)
    }
}
