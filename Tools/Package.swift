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

// A package of its own, so that no user of the library resolves an argument parser or a server.
let package = Package(
    name: "itsme-tools",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "itsme", targets: ["ItsmeTool"])],
    dependencies: [
        // Named, because a path alone is known by its folder, and a clone may be in a folder of any name.
        .package(name: "itsme-rp", path: "..", traits: ["Hummingbird"]),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0", traits: []),
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .executableTarget(
            name: "ItsmeTool",
            dependencies: [
                .product(name: "ItsmeRP", package: "itsme-rp"),
                .product(name: "ItsmeSandbox", package: "itsme-rp"),
                .product(name: "ItsmeHummingbird", package: "itsme-rp"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "ItsmeToolTests",
            dependencies: [
                // For the tool itself: tests run it as a process.
                "ItsmeTool",
                .product(name: "ItsmeRP", package: "itsme-rp"),
                .product(name: "ItsmeSandbox", package: "itsme-rp"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ],
            swiftSettings: swiftSettings),
    ]
)
