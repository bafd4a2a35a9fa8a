import Foundation

/// Whether the tests run under a sanitizer, as Scripts/sanitize says: times and sizes of memory then mean nothing.
package enum Sanitizer {
    package static let isOn = ProcessInfo.processInfo.environment["ITSMERP_SANITIZER"] != nil
}
