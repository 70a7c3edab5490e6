/// Feeds the readers of a compiler's output for Femtosense's SPU; see ImageChecks for what must hold.
@c public func LLVMFuzzerTestOneInput(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let broken = ImageChecks.broken(by: Array(UnsafeBufferPointer(start: data, count: size)))
    guard broken.isEmpty else { fatalError(broken.joined(separator: "\n")) }
    return 0
}
