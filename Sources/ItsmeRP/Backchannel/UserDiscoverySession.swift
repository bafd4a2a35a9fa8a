#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// A QR code that waits to be scanned.
///
/// Copies share one pace: asking with an older copy comes no closer to itsme. A session lives in the process that
/// started it.
public struct UserDiscoverySession: Sendable {
    /// What to show; itsme may change it with every answer.
    public internal(set) var qrCode: QRCodeImage

    /// When the QR code cannot be scanned any more, if itsme says.
    public internal(set) var qrCodeExpiresAt: Date?

    /// When to give up: 10 minutes after the start.
    public let expiresAt: Date

    /// How long to wait between two questions, from the last answer on.
    public var interval: Duration { pace.interval }

    let identifier: Secret<String>
    let issuer: String
    let clientID: String
    let pace: PollingPace
}

/// What itsme says of a user discovery session.
public enum UserDiscoveryPoll: Sendable {
    /// Nobody scanned the QR code yet. Show that of this session, and go on with it.
    case pending(UserDiscoverySession)
    /// Somebody did.
    case discovered(UserIdentifierToken)
}
