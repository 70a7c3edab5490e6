import CPlatform
import VectorKernels

/// EVT2.1 on any processor: words with one pixel each eight at a time, those with many in a loop of their own, others one by one.
///
/// - Parameter upperFirst: whether a word's upper half lies before the lower one.
@unsafe func decodeEVT21Words(_ run: inout EventRun, _ state: inout FineState, upperFirst: Bool) {
    var pointer = unsafe run.next
    var left = unsafe run.left
    var writer = unsafe FineWriter(run, state)
    // How many to take one by one where eight don't have one pixel each.
    var some = 8
    decoding: while left > 0, unsafe writer.hasRoom {
        while left >= 8, unsafe writer.hasRoom {
            let one = unsafe pointer.loadUnaligned(as: SIMD8<UInt32>.self)
            let two = unsafe pointer.loadUnaligned(fromByteOffset: 32, as: SIMD8<UInt32>.self)
            let even = SIMD8(lowHalf: one.evenHalf, highHalf: two.evenHalf)
            let odd = SIMD8(lowHalf: one.oddHalf, highHalf: two.oddHalf)
            unsafe platform_prefetch(pointer + 1024)
            guard unsafe writer.takeSingles(upperFirst ? even : odd, masks: upperFirst ? odd : even) else { break }
            unsafe pointer += 64
            left &-= 8
        }
        var few = min(left, some)
        var rare = 0
        let before = unsafe writer.count
        while few > 0, unsafe writer.hasRoom {
            let word = unsafe half(pointer, upperFirst ? 0 : 4)
            if word &>> 29 == 0 {
                guard unsafe writer.write(word, mask: half(pointer, upperFirst ? 4 : 0)) else { break decoding }
            } else {
                guard unsafe run.take(rare: word, .evt21, &writer.time) else { break decoding }
                rare &+= 1
            }
            unsafe pointer += 8
            left &-= 1
            few &-= 1
        }
        some = rare > 2 ? 64 : 8
        guard unsafe writer.count &- before >= 16 else { continue }
        unsafe run.next = pointer
        unsafe run.left = left
        unsafe writer.finish(&run, &state)
        unsafe decodeVectors(&run, &state, upperFirst: upperFirst)
        unsafe writer = FineWriter(run, state)
        unsafe pointer = run.next
        unsafe left = run.left
    }
    unsafe run.next = pointer
    unsafe run.left = left
    unsafe writer.finish(&run, &state)
}

/// Takes vectors on the sensor, 16 at a time, as long as they have two pixels each or more.
///
/// It is apart from what takes all kinds of words, since all that its loop holds has room in registers.
@inline(never)
private func decodeVectors(_ run: inout EventRun, _ state: inout FineState, upperFirst: Bool) {
    let vectors = unsafe VectorColumns(run)
    let (width, height) = unsafe (UInt32(run.width), UInt32(run.height))
    let limit = unsafe run.capacity &- EventRun.slack
    let base = state.base
    let shift: UInt64 = upperFirst ? 32 : 0
    var pointer = unsafe run.next
    let end = unsafe pointer + 8 &* run.left
    var count = unsafe run.count
    var before = count
    blocks: repeat {
        let next = unsafe pointer + 128
        guard unsafe next <= end else { break }
        unsafe platform_prefetch(pointer + 1024)
        unsafe platform_prefetch(pointer + 1088)
        before = count
        repeat {
            let both = UInt64(littleEndian: unsafe pointer.loadUnaligned(as: UInt64.self))
            let word = UInt32(truncatingIfNeeded: (both &<< shift) &>> 32)
            let (column, row) = (word &>> 11 & 0x7FF, word & 0x7FF)
            guard word &>> 29 == 0, column &+ 32 <= width, row < height, count <= limit else { break blocks }
            let first = count
            let columns = SIMD8(repeating: UInt16(truncatingIfNeeded: column))
            unsafe vectors.write(UInt32(truncatingIfNeeded: both &>> shift), from: columns, at: &count)
            unsafe vectors.fill(
                from: first, to: count, t: base &+ UInt64(word &>> 22 & 0x3F), y: row,
                on: UInt8(truncatingIfNeeded: word &>> 28))
            unsafe pointer += 8
        } while unsafe pointer < next
    } while count &- before >= 32
    guard unsafe pointer > run.next else { return }
    state.current = unsafe base &+ UInt64(half(pointer - 8, upperFirst ? 0 : 4) &>> 22 & 0x3F)
    state.isInMessage = false
    unsafe run.next = pointer
    unsafe run.left = (end - pointer) / 8
    unsafe run.count = count
}

@inline(__always)
private func half(_ pointer: UnsafeRawPointer, _ offset: Int) -> UInt32 {
    unsafe UInt32(littleEndian: pointer.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
}
