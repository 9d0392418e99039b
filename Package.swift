// swift-tools-version: 6.2
import PackageDescription

// Fully static programs start in under a millisecond and depend on nothing on the host.
let fullyStatic: [LinkerSetting] = [
    .unsafeFlags(["-static-executable", "-Xlinker", "-s"], .when(configuration: .release)),
    .unsafeFlags(["-static-executable"], .when(configuration: .debug)),
]

// The runtime's start is short enough for page faults to count: with the functions of a start next to each other
// (scripts/link-order) it maps half as much of the program. lld comes with Swift.
let inOrderOfUse: [LinkerSetting] = [
    .unsafeFlags(
        [
            "-use-ld=lld",
            "-Xlinker", "--symbol-ordering-file=\(Context.packageDirectory)/linking/skiff-runtime.order",
            "-Xlinker", "--no-warn-symbol-ordering",
        ], .when(configuration: .release))
]

/// The program starts over before the libraries do, see Sources/CSelfProtection.
let restarting: [LinkerSetting] = [.unsafeFlags(["-Xlinker", "-e", "-Xlinker", "skiff_start"])]

// Programs that resolve host names keep glibc dynamic, since its resolver loads NSS modules.
let staticSwift: [LinkerSetting] = [
    .unsafeFlags(["-static-stdlib", "-Xlinker", "-s"], .when(configuration: .release)),
    .unsafeFlags(["-static-stdlib"], .when(configuration: .debug)),
]

// Foundation itself comes with SQLite's library; linked statically its parts have to be named.
let staticFoundation: [LinkerSetting] =
    staticSwift
    + [
        "FoundationInternationalization", "CoreFoundation", "_FoundationICU", "_FoundationCShims",
        "_FoundationCollections",
    ].map { .linkedLibrary($0) }

// SwiftProtobuf brings FoundationEssentials alone.
let fullyStaticEssentials: [LinkerSetting] =
    fullyStatic + ["_FoundationCShims", "_FoundationCollections"].map { .linkedLibrary($0) }

let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

// Functions can be put in order, and left out, only where each has a section of its own. Packages that depend on this one
// may not take unsafe flags from it.
let isDependency = Context.packageDirectory.contains("/checkouts/")
let sectioned: [SwiftSetting] =
    isDependency
    ? []
    : [
        .unsafeFlags(
            ["-Xfrontend", "-function-sections", "-Xfrontend", "-disable-implicit-string-processing-module-import"],
            .when(configuration: .release))
    ]

/// A library target under `Sources/`, compiled strictly.
func library(
    _ name: String, _ dependencies: [Target.Dependency] = [], settings: [SwiftSetting] = []
) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict + settings)
}

/// A program: argument parsing, wiring and `main` over the libraries.
func program(_ name: String, _ dependencies: [Target.Dependency], linking: [LinkerSetting]) -> Target {
    .executableTarget(name: name, dependencies: dependencies, swiftSettings: strict, linkerSettings: linking)
}

func tests(_ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: [.target(name: name)] + dependencies, exclude: exclude,
        swiftSettings: strict)
}

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let asyncHTTPClient: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let nio: [Target.Dependency] = [
    .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOPosix", package: "swift-nio"),
]
let nioHTTP: [Target.Dependency] = nio + [.product(name: "NIOHTTP1", package: "swift-nio")]
let protobuf: Target.Dependency = .product(name: "SwiftProtobuf", package: "swift-protobuf")

let package = Package(
    name: "skiff",
    products: [
        .executable(name: "skiff", targets: ["skiff"]),
        .executable(name: "skiffd", targets: ["skiffd"]),
        .executable(name: "skiff-supervisor", targets: ["skiff-supervisor"]),
        .executable(name: "skiff-ctr", targets: ["skiff-ctr"]),
        .executable(name: "skiff-shim", targets: ["skiff-shim"]),
        .executable(name: "skiff-runtime", targets: ["skiff-runtime"]),
        .executable(name: "skiff-init", targets: ["skiff-init"]),
        .library(name: "OCISpec", targets: ["OCISpec"]),
        .library(name: "OCIRuntime", targets: ["OCIRuntime"]),
        .library(name: "TTRPC", targets: ["TTRPC"]),
        .library(name: "Supervisor", targets: ["Supervisor"]),
        .library(name: "SupervisorClient", targets: ["SupervisorClient"]),
        .library(name: "ImageStore", targets: ["ImageStore"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    ],
    targets: [
        // Programs.
        program("skiff", ["CLI"], linking: staticSwift),
        program("skiffd", ["Engine", argumentParser, logging], linking: staticFoundation),
        program("skiff-supervisor", ["Supervisor"], linking: fullyStaticEssentials),
        program("skiff-ctr", ["ControlCLI"], linking: staticFoundation),
        program("skiff-shim", ["Shim"], linking: fullyStaticEssentials),
        program("skiff-runtime", ["OCIRuntime", "CSelfProtection"], linking: fullyStatic + inOrderOfUse + restarting),
        program("skiff-init", ["LinuxSystem"], linking: fullyStatic),
        .executableTarget(
            name: "embedded-supervisor", dependencies: ["Supervisor", "SupervisorClient"],
            path: "Examples/EmbeddedSupervisor", swiftSettings: strict, linkerSettings: fullyStaticEssentials),

        // Engine side.
        library("CLI", ["LinuxSystem"]),
        library(
            "ControlCLI",
            ["CLI", "Engine", "ImageStore", "SupervisorClient", "TTRPC", "OCISpec", "LinuxSystem", "CLinux"]),
        library(
            "Engine",
            [
                "EngineAPI", "ImageStore", "Networking", "SupervisorClient", "OCISpec", "LinuxSystem", "CLinux",
                "CArchive", grdb, logging,
            ]
                + nioHTTP),
        library("EngineAPI", []),
        library("Networking", ["LinuxSystem", "CNFTables"]),

        // Images.
        library("ImageStore", ["Archive", "Registry", "OCISpec", "LinuxSystem", grdb, crypto] + nio),
        library(
            "Registry",
            ["OCISpec", "LinuxSystem", asyncHTTPClient, crypto, .product(name: "NIOSSL", package: "swift-nio-ssl")]
                + nioHTTP),
        library("Archive", ["LinuxSystem", "CArchive", crypto]),

        // Supervision.
        library("Supervisor", ["SupervisorProtocol", "TaskProtocol", "TTRPC", "OCISpec", "LinuxSystem"]),
        library("SupervisorClient", ["SupervisorProtocol", "TTRPC"]),
        library("Shim", ["TaskProtocol", "TTRPC", "Cgroups", "OCISpec", "LinuxSystem"]),
        library("TTRPC", ["LinuxSystem", "CTransport", protobuf]),
        .target(name: "CTransport"),
        .target(name: "SupervisorProtocol", dependencies: ["TTRPC", protobuf]),
        .target(name: "TaskProtocol", dependencies: ["TTRPC", protobuf]),

        // Runtime: no Foundation, no NIO, no concurrency runtime.
        library(
            "OCIRuntime", ["OCISpec", "Cgroups", "Seccomp", "Capabilities", "CRIU", "LinuxSystem"], settings: sectioned),
        .target(name: "CSelfProtection"),
        library("Cgroups", ["OCISpec", "LinuxSystem"], settings: sectioned),
        library("Seccomp", ["OCISpec", "LinuxSystem", "CSeccomp"], settings: sectioned),
        library("Capabilities", ["OCISpec", "LinuxSystem", "CCap"], settings: sectioned),
        library("CRIU", ["LinuxSystem", "CLinux", "CCRIU"], settings: sectioned),
        .target(name: "CCRIU", dependencies: ["CProtobufC"]),

        // Base: the standard library and Glibc.
        library("OCISpec", ["CJSONC"], settings: sectioned),
        library("LinuxSystem", ["CLinux"], settings: sectioned),
        .target(name: "CLinux"),

        // C libraries from the distribution.
        .systemLibrary(name: "CSeccomp", pkgConfig: "libseccomp", providers: [.apt(["libseccomp-dev"])]),
        .systemLibrary(name: "CCap", pkgConfig: "libcap", providers: [.apt(["libcap-dev"])]),
        .systemLibrary(name: "CJSONC", pkgConfig: "json-c", providers: [.apt(["libjson-c-dev"])]),
        .systemLibrary(name: "CProtobufC", pkgConfig: "libprotobuf-c", providers: [.apt(["libprotobuf-c-dev"])]),
        .systemLibrary(name: "CArchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"])]),
        .systemLibrary(name: "CNFTables", pkgConfig: "libnftables", providers: [.apt(["libnftables-dev"])]),

        tests("OCISpec"),
        tests("LinuxSystem"),
        tests("OCIRuntime", ["OCISpec", "LinuxSystem"]),
        tests("Cgroups", ["OCISpec"]),
        tests("TTRPC"),
        tests("Shim", ["LinuxSystem", "TaskProtocol"]),
        tests("Supervisor"),
        .target(
            name: "ImageFixtures", dependencies: ["Archive", "OCISpec", "CArchive", crypto] + nioHTTP,
            path: "Tests/ImageFixtures",
            swiftSettings: strict),
        tests("Archive", ["ImageFixtures"]),
        tests("Registry", ["ImageFixtures"] + nioHTTP),
        tests("ImageStore", ["ImageFixtures", "Registry"] + nioHTTP),
        tests("Networking", ["CLinux", "LinuxSystem"]),
        tests("EngineAPI"),
        tests(
            "Engine", ["EngineAPI", "OCISpec", "SupervisorClient"],
            exclude: ["Spec/golden.json", "Spec/seccomp.json"]),
        tests("CLI"),
    ],
    swiftLanguageModes: [.v6]
)
