public import JOSE

/// The itsme app on the person's phone; meant to help detect fraud.
public struct AppInformation: Sendable, Hashable {
    /// When the app was installed.
    public var installedDate: Timestamp?
    /// Name of the app.
    public var name: String?
    /// Release of the app, for example `4.9.1`.
    public var release: String?

    /// Makes app information.
    public init(installedDate: Timestamp? = nil, name: String? = nil, release: String? = nil) {
        self.installedDate = installedDate
        self.name = name
        self.release = release
    }
}

extension AppInformation: ClaimValue {
    /// Reads an object.
    public init(claimValue json: JSON) throws(UnexpectedClaimValue) {
        let object = try ClaimObject(json, expected: "an object with appInstalledDate, appName and appRelease")
        self.init(
            installedDate: try object.value("appInstalledDate"),
            name: try object.value("appName"),
            release: try object.value("appRelease"))
    }
}
