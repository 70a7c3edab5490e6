/// Feeds the decoders; see DecoderChecks for what the input means and what must hold.
@c public func LLVMFuzzerTestOneInput(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let broken = DecoderChecks.broken(by: Array(UnsafeBufferPointer(start: data, count: size)))
    guard broken.isEmpty else { fatalError(broken.joined(separator: "\n")) }
    return 0
}
