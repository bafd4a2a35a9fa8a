// swift-tools-version: 6.2

import PackageDescription

/// Set by `make lint` and by CI, so that a newer compiler's warnings stop them and nobody else.
let warningsAreErrors = Context.environment["ITSMERP_WARNINGS"] == "error"

let swiftSettings: [SwiftSetting] =
    [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
    ] + (warningsAreErrors ? [.treatAllWarnings(as: .error)] : [])

/// Set by `make fuzz`, which builds with libFuzzer; without it there would be no entry point.
let fuzzes = Context.environment["ITSMERP_FUZZ"] != nil

/// For the two modules that touch C: every unsafe expression has to say so.
let strictSettings: [SwiftSetting] = swiftSettings + [.strictMemorySafety()]

let package = Package(
    name: "itsme-rp",
    platforms: [.macOS(.v15)],
    products: [
        // One product, two modules: `import ItsmeRP` for the relying party, `import JOSE` for keys and tokens.
        .library(name: "ItsmeRP", targets: ["ItsmeRP", "JOSE"]),
        .library(name: "ItsmeSandbox", targets: ["ItsmeSandbox"]),
        .library(name: "ItsmeHummingbird", targets: ["ItsmeHummingbird"]),
        .executable(name: "itsme", targets: ["ItsmeTool"]),
        .library(name: "ItsmeConfig", targets: ["ItsmeConfig"]),
        .library(name: "ItsmeLifecycle", targets: ["ItsmeLifecycle"]),
        .library(name: "ItsmePostgreSQL", targets: ["ItsmePostgreSQL"]),
        .library(name: "ItsmeRedis", targets: ["ItsmeRedis"]),
    ],
    traits: [
        .trait(
            name: "Hummingbird",
            description: "Builds ItsmeHummingbird, the adapter that serves an HTTPHandler with Hummingbird."
        ),
        .trait(
            name: "Configuration",
            description: "Builds ItsmeConfig, which reads the settings of a client by swift-configuration."
        ),
        .trait(
            name: "Tool",
            description: "Builds the command itsme: keys, configuration, the local itsme, the demo.",
            enabledTraits: ["Hummingbird", "Configuration"]
        ),
        .trait(
            name: "ServiceLifecycle",
            description:
                "Builds ItsmeLifecycle, the service that keeps metadata and keys fresh and closes connections last."
        ),
        .trait(
            name: "Observability",
            description: "Reports metrics with swift-metrics and spans with swift-distributed-tracing."
        ),
        .trait(
            name: "PostgreSQL",
            description: "Builds ItsmePostgreSQL, a store that several instances share, with libpq."
        ),
        .trait(
            name: "Redis",
            description: "Builds ItsmeRedis, a store that several instances share, in Redis or Valkey, with hiredis."
        ),
        .default(enabledTraits: []),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0", traits: []),
        // Resolved only with their traits.
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0", traits: []),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.4.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.80.0"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.25.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.30.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(
            url: "https://github.com/apple/swift-configuration", from: "1.4.0",
            traits: ["JSON", "CommandLineArguments"]),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
    ],
    targets: [
        .systemLibrary(
            name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]),
        .systemLibrary(
            name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"]), .brew(["curl"])]),
        // QR codes, for the command only. Without pkg-config, so that nobody else is told to install it.
        .systemLibrary(name: "CQREncode"),
        // Only with their traits. Without pkg-config, as above.
        .systemLibrary(name: "CLibPQ"),
        .systemLibrary(name: "CHiredis"),
        // The TLS half of OpenSSL, for the tests' servers only.
        .systemLibrary(name: "COpenSSLTLS", path: "Tests/COpenSSLTLS", pkgConfig: "openssl"),
        // Engines of OpenSSL, for the tests' hardware security module only.
        .systemLibrary(name: "COpenSSLEngine", path: "Tests/COpenSSLEngine", pkgConfig: "openssl"),
        // How much memory is allocated, for the tests that look for leaks.
        .systemLibrary(name: "CMemory", path: "Tests/CMemory"),
        .target(name: "JOSE", dependencies: ["COpenSSL"], swiftSettings: strictSettings),
        // What the relying party and the sandbox both need and is no rule of the protocol.
        .target(
            name: "WebFormats", dependencies: [.product(name: "HTTPTypes", package: "swift-http-types")],
            swiftSettings: swiftSettings),
        .target(
            name: "ItsmeRP",
            dependencies: [
                "JOSE", "WebFormats", "CCurl",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Metrics", package: "swift-metrics", condition: .when(traits: ["Observability"])),
                .product(
                    name: "Tracing", package: "swift-distributed-tracing", condition: .when(traits: ["Observability"])),
            ],
            swiftSettings: strictSettings),
        .target(
            name: "ItsmeSandbox",
            dependencies: [
                "ItsmeRP", "JOSE", "WebFormats",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ],
            swiftSettings: swiftSettings),
        .target(
            name: "ItsmeHummingbird",
            dependencies: [
                "ItsmeRP", "JOSE",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Hummingbird", package: "hummingbird", condition: .when(traits: ["Hummingbird"])),
                .product(name: "HummingbirdCore", package: "hummingbird", condition: .when(traits: ["Hummingbird"])),
                .product(name: "HummingbirdTLS", package: "hummingbird", condition: .when(traits: ["Hummingbird"])),
                .product(name: "HummingbirdHTTP2", package: "hummingbird", condition: .when(traits: ["Hummingbird"])),
                .product(
                    name: "ServiceLifecycle", package: "swift-service-lifecycle",
                    condition: .when(traits: ["Hummingbird"])),
                .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["Hummingbird"])),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras", condition: .when(traits: ["Hummingbird"])),
                .product(name: "NIOSSL", package: "swift-nio-ssl", condition: .when(traits: ["Hummingbird"])),
            ],
            swiftSettings: swiftSettings),
        .executableTarget(
            name: "ItsmeTool",
            dependencies: [
                "ItsmeRP", "ItsmeSandbox", "ItsmeHummingbird", "ItsmeConfig", "JOSE", "WebFormats", "COpenSSL",
                .target(name: "CQREncode", condition: .when(traits: ["Tool"])),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["Tool"])),
                .product(name: "NIOPosix", package: "swift-nio", condition: .when(traits: ["Tool"])),
                .product(name: "NIOSSL", package: "swift-nio-ssl", condition: .when(traits: ["Tool"])),
                .product(name: "Configuration", package: "swift-configuration", condition: .when(traits: ["Tool"])),
                .product(
                    name: "ArgumentParser", package: "swift-argument-parser", condition: .when(traits: ["Tool"])),
                .product(
                    name: "UnixSignals", package: "swift-service-lifecycle", condition: .when(traits: ["Tool"])),
            ],
            swiftSettings: swiftSettings),
        .target(
            name: "ItsmeConfig",
            dependencies: [
                "ItsmeRP", "JOSE", "WebFormats",
                .product(name: "Logging", package: "swift-log"),
                .product(
                    name: "Configuration", package: "swift-configuration",
                    condition: .when(traits: ["Configuration"])),
            ],
            swiftSettings: swiftSettings),
        .target(
            name: "ItsmeLifecycle",
            dependencies: [
                "ItsmeRP", "JOSE",
                .product(name: "Logging", package: "swift-log"),
                .product(
                    name: "ServiceLifecycle", package: "swift-service-lifecycle",
                    condition: .when(traits: ["ServiceLifecycle"])),
            ],
            swiftSettings: swiftSettings),
        // Connections on threads of their own, for the stores below.
        .target(
            name: "StoreConnections",
            dependencies: ["ItsmeRP", .product(name: "Logging", package: "swift-log")],
            swiftSettings: swiftSettings),
        .target(
            name: "ItsmePostgreSQL",
            dependencies: [
                "ItsmeRP", "StoreConnections",
                .product(name: "Logging", package: "swift-log"),
                .target(name: "CLibPQ", condition: .when(traits: ["PostgreSQL"])),
            ],
            swiftSettings: swiftSettings),
        .target(
            name: "ItsmeRedis",
            dependencies: [
                "ItsmeRP", "StoreConnections", "WebFormats", "CCurl",
                .product(name: "Logging", package: "swift-log"),
                .target(name: "CHiredis", condition: .when(traits: ["Redis"])),
            ],
            swiftSettings: swiftSettings),
        .target(
            name: "TestSupport",
            dependencies: [
                "ItsmeRP", "JOSE", "COpenSSL", "COpenSSLTLS", "COpenSSLEngine", "CMemory", "ItsmeSandbox",
                "ItsmeHummingbird",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Tests/TestSupport",
            swiftSettings: swiftSettings),
        .testTarget(name: "JOSETests", dependencies: ["JOSE", "TestSupport"], swiftSettings: swiftSettings),
        .testTarget(
            name: "WebFormatsTests",
            dependencies: ["WebFormats", .product(name: "HTTPTypes", package: "swift-http-types")],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "ItsmeRPTests",
            dependencies: [
                "ItsmeRP", "ItsmeSandbox", "JOSE", "TestSupport",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics", condition: .when(traits: ["Observability"])),
                .product(
                    name: "MetricsTestKit", package: "swift-metrics", condition: .when(traits: ["Observability"])),
                .product(
                    name: "Tracing", package: "swift-distributed-tracing", condition: .when(traits: ["Observability"])),
                .product(
                    name: "InMemoryTracing", package: "swift-distributed-tracing",
                    condition: .when(traits: ["Observability"])),
            ],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "ItsmeSandboxTests",
            dependencies: [
                "ItsmeSandbox", "ItsmeRP", "JOSE", "TestSupport",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "ItsmeHummingbirdTests",
            dependencies: [
                "ItsmeHummingbird", "ItsmeSandbox", "ItsmeRP", "JOSE", "TestSupport",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Hummingbird", package: "hummingbird", condition: .when(traits: ["Hummingbird"])),
                .product(
                    name: "ServiceLifecycle", package: "swift-service-lifecycle",
                    condition: .when(traits: ["Hummingbird"])),
                .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["Hummingbird"])),
                .product(name: "NIOEmbedded", package: "swift-nio", condition: .when(traits: ["Hummingbird"])),
                .product(name: "NIOPosix", package: "swift-nio", condition: .when(traits: ["Hummingbird"])),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras", condition: .when(traits: ["Hummingbird"])),
                .product(name: "NIOSSL", package: "swift-nio-ssl", condition: .when(traits: ["Hummingbird"])),
            ],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "ItsmeToolTests",
            dependencies: [
                // For the tool itself: tests run it as a process.
                "ItsmeTool",
                "ItsmeRP", "ItsmeSandbox", "JOSE", "TestSupport",
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "ItsmeConfigTests",
            dependencies: [
                "ItsmeConfig", "ItsmeRP", "JOSE", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
                .product(
                    name: "Configuration", package: "swift-configuration",
                    condition: .when(traits: ["Configuration"])),
            ],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "ItsmeLifecycleTests",
            dependencies: [
                "ItsmeLifecycle", "ItsmeRP", "JOSE", "TestSupport",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(
                    name: "ServiceLifecycle", package: "swift-service-lifecycle",
                    condition: .when(traits: ["ServiceLifecycle"])),
                .product(name: "Metrics", package: "swift-metrics", condition: .when(traits: ["Observability"])),
                .product(
                    name: "MetricsTestKit", package: "swift-metrics", condition: .when(traits: ["Observability"])),
            ],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "ItsmeStoreTests",
            dependencies: [
                "ItsmePostgreSQL", "ItsmeRedis", "StoreConnections", "ItsmeHummingbird", "ItsmeSandbox", "ItsmeRP",
                "JOSE",
                "TestSupport",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Hummingbird", package: "hummingbird", condition: .when(traits: ["Hummingbird"])),
            ],
            swiftSettings: swiftSettings),
        .target(
            name: "FuzzTargets",
            dependencies: [
                "ItsmeRP", "JOSE", "WebFormats", "COpenSSL",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Tests/FuzzTargets",
            swiftSettings: swiftSettings),
        .testTarget(name: "FuzzTests", dependencies: ["FuzzTargets"], swiftSettings: swiftSettings),
    ]
        + (fuzzes
            ? [
                .executableTarget(
                    name: "fuzz", dependencies: ["FuzzTargets"], path: "Tests/FuzzDriver",
                    swiftSettings: swiftSettings)
            ] : [])
)
