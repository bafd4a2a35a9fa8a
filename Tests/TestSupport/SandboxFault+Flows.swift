package import ItsmeSandbox

extension SandboxFault {
    private static let backchannelPlaces: Set<Place> = [
        .userDiscovery, .backchannelAuthentication, .poll, .notification,
    ]

    /// The faults that can strike in a login with a browser. Those that stall only keep a test waiting.
    package static let ofLogins = all.filter { !backchannelPlaces.contains($0.place) && !$0.name.hasSuffix("-stall") }

    /// The faults that strike in a login without a browser alone.
    package static let ofTheBackchannel = all.filter {
        backchannelPlaces.contains($0.place) && !$0.name.hasSuffix("-stall")
    }
}
