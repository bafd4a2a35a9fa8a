// swift-tools-version: 6.2

import PackageDescription

let swiftSettings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

// A package of its own, so that no user of the library resolves what it is compared with.
let package = Package(
    name: "itsme-benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        // Named, because a path alone is known by its folder, and a clone may be in a folder of any name.
        .package(name: "itsme-rp", path: ".."),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0", traits: []),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
        // Peers.
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.80.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.30.0"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
    ],
    targets: [
        // The floor and the references in C.
        .target(
            name: "CBench",
            linkerSettings: [.linkedLibrary("crypto"), .linkedLibrary("ssl"), .linkedLibrary("curl")]),
        // What all HTTP clients are put through.
        .target(name: "Load", dependencies: ["CBench"], swiftSettings: swiftSettings),
        .executableTarget(
            name: "Bench",
            dependencies: [
                "CBench", "Load",
                .product(name: "ItsmeRP", package: "itsme-rp"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Histogram", package: "hdrhistogram-swift"),
            ],
            swiftSettings: swiftSettings),
        .executableTarget(
            name: "HTTPPeer",
            dependencies: [
                "CBench", "Load",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: swiftSettings),
        // What peers in Swift have in common, and ours as one of them.
        .target(name: "PeerLoop", swiftSettings: swiftSettings),
        .executableTarget(
            name: "OwnPeer",
            dependencies: ["PeerLoop", .product(name: "ItsmeRP", package: "itsme-rp")],
            swiftSettings: swiftSettings),
        .executableTarget(
            name: "JWTKitPeer",
            dependencies: ["PeerLoop", .product(name: "JWTKit", package: "jwt-kit")],
            swiftSettings: swiftSettings),
    ]
)
