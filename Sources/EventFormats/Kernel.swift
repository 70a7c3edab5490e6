import CPlatform

/// How fast, and by which means, the plain part of a stream is decoded. The events are the same.
package enum Kernel: CaseIterable, Sendable {
    /// Word by word: the decoders that say what words mean, and nothing else.
    case plain
    /// Several words at once, on any processor.
    case portable
    /// Several words at once with AVX-512.
    case avx512

    package var name: StaticString {
        switch self {
        case .plain: "plain"
        case .portable: "portable"
        case .avx512: "avx512"
        }
    }

    package var isAvailable: Bool { self != .avx512 || Self.hasVectors }

    // Asked once: a virtual machine takes microseconds to answer.
    private static let hasVectors = platform_has_avx512() != 0

    /// The fastest of this processor.
    package static let fastest: Kernel = hasVectors ? .avx512 : .portable
}
