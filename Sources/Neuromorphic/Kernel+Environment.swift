import CPlatform
package import EventFormats
import Sentences

extension Kernel {
    /// The one that the environment asks for, or else the fastest.
    package static func chosen() throws(NeuromorphicError) -> Kernel {
        guard let value = unsafe getenv("NEUROMORPHIC_KERNEL") else { return fastest }
        let name = unsafe String(cString: value)
        guard let kernel = allCases.first(where: { name.same(as: $0.name) }) else {
            throw .invalidArgument(
                "the environment's NEUROMORPHIC_KERNEL is \"\(name)\", and must be plain, portable or avx512, or not be set"
            )
        }
        guard kernel.isAvailable else {
            throw .unsupported(
                "the environment's NEUROMORPHIC_KERNEL is \(kernel.name), and this processor can't run it; unset it, or write "
                    + "portable")
        }
        return kernel
    }
}
