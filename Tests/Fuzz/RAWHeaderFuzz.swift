/// Feeds the RAW header's reader; see RAWHeaderChecks for what must hold.
@c public func LLVMFuzzerTestOneInput(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let broken = RAWHeaderChecks.broken(by: Array(UnsafeBufferPointer(start: data, count: size)))
    guard broken.isEmpty else { fatalError(broken.joined(separator: "\n")) }
    return 0
}
