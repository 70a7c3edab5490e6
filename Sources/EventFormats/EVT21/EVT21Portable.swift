import CPlatform
import VectorKernels

/// EVT2.1 on any processor: words with one pixel each eight at a time, others one by one.
///
/// - Parameter upperFirst: whether a word's upper half lies before the lower one.
@unsafe func decodeEVT21Words(_ run: inout EventRun, _ state: inout FineState, upperFirst: Bool) {
    unsafe decodeWords(&run, &state, upperFirst: upperFirst)
}

@unsafe @inline(__always)
private func decodeWords(_ run: inout EventRun, _ state: inout FineState, upperFirst: Bool) {
    var pointer = unsafe run.next
    var left = unsafe run.left
    var writer = unsafe FineWriter(run, state)
    decoding: while left > 0, unsafe writer.hasRoom {
        while left >= 8, unsafe writer.hasRoom {
            let one = unsafe pointer.loadUnaligned(as: SIMD8<UInt32>.self)
            let two = unsafe pointer.loadUnaligned(fromByteOffset: 32, as: SIMD8<UInt32>.self)
            let even = SIMD8(lowHalf: one.evenHalf, highHalf: two.evenHalf)
            let odd = SIMD8(lowHalf: one.oddHalf, highHalf: two.oddHalf)
            unsafe platform_prefetch(pointer + 1024)
            guard unsafe writer.writeSingles(upperFirst ? even : odd, masks: upperFirst ? odd : even) else { break }
            unsafe pointer += 64
            left &-= 8
        }
        var few = min(left, 16)
        while few > 0, unsafe writer.hasRoom {
            let word = unsafe half(pointer, upperFirst ? 0 : 4)
            if word &>> 29 == 0 {
                guard unsafe writer.write(word, mask: half(pointer, upperFirst ? 4 : 0)) else { break decoding }
            } else {
                guard unsafe run.take(rare: word, .evt21, &writer.time) else { break decoding }
            }
            unsafe pointer += 8
            left &-= 1
            few &-= 1
        }
    }
    unsafe run.next = pointer
    unsafe run.left = left
    unsafe writer.finish(&run, &state)
}

@inline(__always)
private func half(_ pointer: UnsafeRawPointer, _ offset: Int) -> UInt32 {
    unsafe UInt32(littleEndian: pointer.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
}
