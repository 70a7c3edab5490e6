// swift-tools-version: 6.2
import PackageDescription

// A release is Embedded Swift, so the library brings no Swift runtime along. Debug, or any build with NEUROMORPHIC_RUNTIME
// set, is ordinary Swift: that is what the tests, the sanitizers and the fuzzers run.
let embedded = Context.environment["NEUROMORPHIC_RUNTIME"] == nil
let release = BuildSettingCondition.when(configuration: .release)

var settings: [SwiftSetting] = [
    .enableExperimentalFeature("Lifetimes"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]
if embedded {
    settings += [
        .enableExperimentalFeature("Embedded", release),
        // With the linker's --gc-sections: a module carries copies of what it uses of the others, which would all stay.
        .unsafeFlags(["-wmo", "-Xfrontend", "-function-sections"], release),
    ]
}

// What runs once a packet or less: small is worth more there than fast.
let small = settings + (embedded ? [.unsafeFlags(["-Osize"], release)] : [])

// Only a release exports by list; an ordinary build would leak what it shares with the tests otherwise.
let link: [LinkerSetting] = [
    .unsafeFlags(
        [
            "-Xlinker", "-soname=libneuromorphic.so.0",
            "-Xlinker", "--version-script=\(Context.packageDirectory)/Sources/NeuromorphicABI/neuromorphic.map",
            "-Xlinker", "--gc-sections",
            // A thread's last-error buffer is freed by code of ours when the thread ends: it must still be mapped then.
            "-Xlinker", "-z", "-Xlinker", "nodelete",
        ], release)
]
// What ships must name all that it needs; a sanitizer's functions come from the program.
let complete: [LinkerSetting] = embedded ? [.unsafeFlags(["-Xlinker", "-z", "-Xlinker", "defs"], release)] : []

// Nothing but AVX-512: more would show in the copies of the runtime's functions that every module carries. For the same reason its
// name comes after those of other modules: the linker keeps the first copy. In the order of instructions that suits a Zen 5, dense
// vectors take 2 % less where another thread shares the processor.
#if arch(x86_64)
    let vectors =
        ["f", "cd", "bw", "vl", "dq", "vbmi", "vbmi2", "bitalg"].map { "-mavx512\($0)" } + [
            "-mpopcnt", "-mtune=znver5",
        ]
#else
    let vectors: [String] = []
#endif

let package = Package(
    name: "neuromorphic",
    products: [.library(name: "neuromorphic", type: .dynamic, targets: ["NeuromorphicABI"])],
    targets: [
        // The header in include/, so that Swift implements the very text that C programs compile.
        .systemLibrary(name: "CNeuromorphic"),
        // libusb's header, and what Swift can't import of it.
        .systemLibrary(name: "CLibUSB", pkgConfig: "libusb-1.0", providers: [.apt(["libusb-1.0-0-dev"])]),
        // libyaml's header; its code is linked statically, so that programs need no library more.
        .systemLibrary(name: "CLibYAML", providers: [.apt(["libyaml-dev"])]),
        // The part of libc that we use, and its macros.
        .systemLibrary(name: "CPlatform"),

        // Owners of what libc gives (descriptors, mappings, threads, locks), so that pointers and errno stay in one place.
        .target(name: "Platform", dependencies: ["CPlatform"], swiftSettings: small),
        // What the library says to people, in little code.
        .target(name: "Sentences", swiftSettings: small),
        // Bytes in, columns out: usable, testable and fuzzable with no camera near.
        .target(name: "EventFormats", dependencies: ["CPlatform", "VectorKernels"], swiftSettings: settings),
        // The decoders' fastest loops, for processors with AVX-512.
        .target(
            name: "VectorKernels", dependencies: ["CPlatform"],
            swiftSettings: settings + [.unsafeFlags(vectors.flatMap { ["-Xcc", $0] })]),
        // What each camera is, as data.
        .target(name: "Cameras", dependencies: ["CNeuromorphic", "EventFormats", "Sentences"], swiftSettings: small),
        // Filled buffers on their way from whoever fills to whoever reads, and the ledger of what was lost.
        .target(name: "Buffers", dependencies: ["CPlatform", "Platform"], swiftSettings: settings),
        // libusb and everything dangerous about it.
        .target(
            name: "USBTransport", dependencies: ["CLibUSB", "CPlatform", "Platform", "Buffers"], swiftSettings: small
        ),
        // Cameras that are programs: a scene, seen through a camera's settings, in the camera's own format.
        .target(
            name: "Simulation", dependencies: ["CNeuromorphic", "EventFormats", "Cameras"], swiftSettings: small),
        // A compiled network becomes what Femtosense's chip is programmed with.
        .target(
            name: "Femtosense", dependencies: ["CLibYAML", "CPlatform", "Platform", "Sentences"], swiftSettings: small,
            linkerSettings: [.unsafeFlags(["-Xlinker", "-l:libyaml.a"])]),
        // Joins them into something one can use: open, packets, leases, recordings.
        .target(
            name: "Neuromorphic",
            dependencies: [
                "CNeuromorphic", "CPlatform", "Platform", "Sentences", "EventFormats", "Cameras", "Buffers",
                "USBTransport",
                "Simulation",
            ], swiftSettings: small),
        // The C edge: translates and does nothing else.
        .target(
            name: "NeuromorphicABI",
            dependencies: [
                "CNeuromorphic", "CPlatform", "Platform", "Sentences", "EventFormats", "Cameras", "Femtosense",
                "Neuromorphic",
            ],
            exclude: ["neuromorphic.map"], swiftSettings: small, linkerSettings: link + complete),

        .testTarget(name: "PlatformTests", dependencies: ["Platform"]),
        .testTarget(name: "EventFormatsTests", dependencies: ["EventFormats"]),
        .testTarget(name: "CamerasTests", dependencies: ["CNeuromorphic", "Cameras", "EventFormats"]),
        .testTarget(name: "BuffersTests", dependencies: ["Buffers", "Platform"]),
        .testTarget(
            name: "SimulationTests", dependencies: ["CNeuromorphic", "Cameras", "EventFormats", "Simulation"]),
        .testTarget(name: "FemtosenseTests", dependencies: ["Femtosense"]),
        .testTarget(
            name: "NeuromorphicTests", dependencies: ["CNeuromorphic", "EventFormats", "Neuromorphic", "Platform"]),
    ],
    swiftLanguageModes: [.v6]
)
