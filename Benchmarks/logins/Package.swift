// swift-tools-version: 6.2

import PackageDescription

// The service of `Examples/Service` with UserInfo. It resolves the same packages, so that one build folder serves both.
let package = Package(
    name: "login-service",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(
            name: "itsme-rp", path: "../..",
            traits: ["Hummingbird", "Configuration", "ServiceLifecycle", "Observability", "Tool"]),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0", traits: []),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
    ],
    targets: [
        .executableTarget(
            name: "LoginService",
            dependencies: [
                .product(name: "ItsmeRP", package: "itsme-rp"),
                .product(name: "ItsmeConfig", package: "itsme-rp"),
                .product(name: "ItsmeHummingbird", package: "itsme-rp"),
                .product(name: "ItsmeLifecycle", package: "itsme-rp"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "MetricsTestKit", package: "swift-metrics"),
            ])
    ]
)
