import VectorKernels

/// EVT3 on any processor: four words at once where they are rows, times or single events, whole vectors by table.
///
/// Where branches could not be foreseen, there are none: each word sets what its kind sets, all columns are written, and whether that was
/// an event shows in how far the index goes on.
@unsafe func decodeEVT3Portable(_ run: inout EventRun, _ state: inout EVT3State) {
    var writer = unsafe EVT3Writer(run, state)
    let limit = unsafe run.capacity &- EventRun.slack
    let timeHigh = 0x8000 | state.timeHigh
    var next = unsafe run.next
    var left = unsafe run.left
    var base = state.base
    var vectorOn = state.vectorOn

    decoding: while left >= 4, unsafe writer.count <= limit {
        let four = UInt64(littleEndian: unsafe next.loadUnaligned(as: UInt64.self))
        if four & 0x9000_9000_9000_9000 | four & 0x4000_4000_4000_4000 & ~(four << 1) == 0 {
            // Nothing but ADDR_Y (0), ADDR_X (2) and TIME_LOW (6).
            let before = unsafe writer
            unsafe writer.takePlain(UInt16(truncatingIfNeeded: four))
            unsafe writer.takePlain(UInt16(truncatingIfNeeded: four &>> 16))
            unsafe writer.takePlain(UInt16(truncatingIfNeeded: four &>> 32))
            unsafe writer.takePlain(UInt16(truncatingIfNeeded: four &>> 48))
            if unsafe writer.outside != before.outside, unsafe !run.countsOutside {
                unsafe writer = before
                break decoding
            }
            unsafe next += 8
            left &-= 4
            continue
        }

        let word = UInt16(truncatingIfNeeded: four)
        var mask: UInt32
        var column = base
        var polarity = vectorOn
        var width = 32
        var length = 1
        if four & 0xF000_F000_F000_F000 == 0x5000_4000_4000_3000 {
            // As sensors send them: VECT_BASE_X, VECT_12, VECT_12, VECT_8.
            mask = wholeVector(four >> 16)
            column = Int(word & 0x07FF)
            polarity = UInt8(truncatingIfNeeded: word >> 11 & 1)
            length = 4
        } else if four & 0xF000_F000_F000 == 0x5000_4000_4000, base >= 0 {
            mask = wholeVector(four)
            length = 3
        } else {
            mask = 0
            width = 0
            switch word >> 12 {
            case 0: unsafe writer.row = word & 0x07FF
            case 2:
                mask = 1
                column = Int(word & 0x07FF)
                polarity = UInt8(truncatingIfNeeded: word >> 11 & 1)
            case 3:
                column = Int(word & 0x07FF)
                polarity = UInt8(truncatingIfNeeded: word >> 11 & 1)
            case 4 where base >= 0:
                mask = UInt32(word & 0x0FFF)
                width = 12
            case 5 where base >= 0:
                mask = UInt32(word & 0x00FF)
                width = 8
            case 6: unsafe writer.low = word & 0x0FFF
            case 8 where word == timeHigh: break
            default: break decoding
            }
        }
        if mask != 0 {
            guard unsafe writer.write(mask, at: column, polarity, run.countsOutside) else { break decoding }
        }
        if word >> 12 != 2 {
            base = column &+ width
            vectorOn = polarity
        }
        unsafe next += 2 &* length
        left &-= length
    }
    unsafe run.next = next
    unsafe run.left = left
    unsafe run.count = writer.count
    unsafe run.outside &+= writer.outside
    unsafe state.row = writer.row
    unsafe state.low = writer.low
    state.base = base
    state.vectorOn = vectorOn
}
