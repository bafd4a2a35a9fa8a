// swift-tools-version: 6.2

import PackageDescription

/// Set by `make lint` and by CI, as in the library's package.
let warningsAreErrors = Context.environment["ITSMERP_WARNINGS"] == "error"

let swiftSettings: [SwiftSetting] =
    [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
    ] + (warningsAreErrors ? [.treatAllWarnings(as: .error)] : [])

// A package of its own, so that no user of the library resolves this server.
let package = Package(
    name: "itsme-flyingfox",
    platforms: [.macOS(.v15)],
    dependencies: [
        // In your own package: .package(url: "…", branch: "main").
        .package(name: "itsme-rp", path: "../.."),
        .package(url: "https://github.com/swhitty/FlyingFox", exact: "0.27.1"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0", traits: []),
    ],
    targets: [
        .executableTarget(
            name: "FlyingFoxService",
            dependencies: [
                .product(name: "ItsmeRP", package: "itsme-rp"),
                // For the local itsme only: a service that goes live leaves it out.
                .product(name: "ItsmeSandbox", package: "itsme-rp"),
                .product(name: "FlyingFox", package: "FlyingFox"),
                .product(name: "FlyingSocks", package: "FlyingFox"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "FlyingFoxServiceTests",
            dependencies: [
                "FlyingFoxService",
                .product(name: "ItsmeRP", package: "itsme-rp"),
                .product(name: "ItsmeSandbox", package: "itsme-rp"),
                .product(name: "FlyingFox", package: "FlyingFox"),
                .product(name: "FlyingSocks", package: "FlyingFox"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ],
            swiftSettings: swiftSettings),
    ]
)
