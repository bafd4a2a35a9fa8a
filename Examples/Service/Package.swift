// swift-tools-version: 6.2

import PackageDescription

let package = Package(
    name: "service",
    platforms: [.macOS(.v15)],
    traits: [
        .trait(name: "PostgreSQL", description: "Shares the state of several instances in PostgreSQL. Needs libpq."),
        .trait(name: "Redis", description: "Shares the state of several instances in Redis or Valkey. Needs hiredis."),
        .default(enabledTraits: []),
    ],
    dependencies: [
        .package(
            name: "itsme-rp", path: "../..",
            traits: [
                "Hummingbird", "Configuration", "ServiceLifecycle", "Observability", "Tool",
                .trait(name: "PostgreSQL", condition: .when(traits: ["PostgreSQL"])),
                .trait(name: "Redis", condition: .when(traits: ["Redis"])),
            ]),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0", traits: []),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
    ],
    targets: [
        .executableTarget(
            name: "Service",
            dependencies: [
                .product(name: "ItsmeRP", package: "itsme-rp"),
                .product(name: "ItsmeConfig", package: "itsme-rp"),
                .product(name: "ItsmeHummingbird", package: "itsme-rp"),
                .product(name: "ItsmeLifecycle", package: "itsme-rp"),
                .product(
                    name: "ItsmePostgreSQL", package: "itsme-rp", condition: .when(traits: ["PostgreSQL"])),
                .product(name: "ItsmeRedis", package: "itsme-rp", condition: .when(traits: ["Redis"])),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "MetricsTestKit", package: "swift-metrics"),
            ]),
        .testTarget(
            name: "ServiceTests",
            dependencies: [
                "Service",
                .product(name: "ItsmeSandbox", package: "itsme-rp"),
                .product(name: "HummingbirdTesting", package: "hummingbird"),
            ]),
    ]
)
