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
    /// Reads an object. A member of another form is `nil`.
    public init(claimValue json: JSON) throws(UnexpectedClaimValue) {
        let object = try ClaimObject(json, expected: "an object with appInstalledDate, appName and appRelease")
        self.init(
            installedDate: object.value("appInstalledDate"),
            name: object.value("appName"),
            release: object.value("appRelease"))
    }
}
