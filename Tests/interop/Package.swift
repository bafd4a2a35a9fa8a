// swift-tools-version: 6.2

import PackageDescription

// A package of its own, so that the library has no product for it.
let package = Package(
    name: "interop",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "itsme-rp", path: "../..")],
    targets: [
        .executableTarget(name: "jose-interop", dependencies: [.product(name: "ItsmeRP", package: "itsme-rp")])
    ]
)
