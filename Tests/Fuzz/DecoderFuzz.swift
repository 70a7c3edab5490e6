import Glibc

/// The format that all inputs are in, where the environment's FUZZ_FORMAT says one (0 … 4, in the order of
/// `EventFormat.allCases`); otherwise an input's first byte picks it.
private let onlyFormat: UInt8? = getenv("FUZZ_FORMAT").flatMap { UInt8(String(cString: $0)) }

/// Feeds the decoders; see DecoderChecks for what the input means and what must hold.
@c public func LLVMFuzzerTestOneInput(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    var input = Array(UnsafeBufferPointer(start: data, count: size))
    if let onlyFormat, !input.isEmpty { input[0] = onlyFormat }
    let broken = DecoderChecks.broken(by: input)
    guard broken.isEmpty else { fatalError(broken.joined(separator: "\n")) }
    return 0
}
