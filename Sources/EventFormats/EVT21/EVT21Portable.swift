import CPlatform
import VectorKernels

/// EVT2.1 on any processor.
///
/// - Parameter upperFirst: whether a word's upper half lies before the lower one.
@unsafe func decodeEVT21Words(_ run: inout EventRun, _ state: inout FineState, upperFirst: Bool) {
    if upperFirst {
        unsafe decodeWords(&run, &state) { ($0 & 0xFFFF_FFFF, $0 &>> 32) }
    } else {
        unsafe decodeWords(&run, &state) { ($0 &>> 32, $0 & 0xFFFF_FFFF) }
    }
}

/// - Parameter halves: a word's upper half, which is like a word of EVT2, and the lower one, which is a mask.
@unsafe @inline(__always)
private func decodeWords(
    _ run: inout EventRun, _ state: inout FineState, halves: (UInt64) -> (upper: UInt64, lower: UInt64)
) {
    var pointer = unsafe run.next
    var left = unsafe run.left
    var writer = unsafe FineWriter(run, state)
    while left > 0, unsafe writer.hasRoom {
        unsafe platform_prefetch(pointer + 1024)
        let (upper, lower) = halves(unsafe UInt64(littleEndian: pointer.loadUnaligned(as: UInt64.self)))
        let word = UInt32(truncatingIfNeeded: upper)
        if word &>> 29 == 0 {
            guard unsafe writer.write(word, mask: UInt32(truncatingIfNeeded: lower)) else { break }
        } else {
            guard word &>> 28 == 0x8, unsafe writer.take(high: word & 0x0FFF_FFFF) else { break }
        }
        unsafe pointer += 8
        left &-= 1
    }
    unsafe run.next = pointer
    unsafe run.left = left
    unsafe writer.finish(&run, &state)
}
