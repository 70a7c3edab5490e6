import VectorKernels

/// EVT4 on any processor: what is like EVT2 as there, and vectors between.
@unsafe func decodeEVT4Words(_ run: inout EventRun, _ state: inout FineState) {
    while true {
        unsafe decodeFineWords(&run, &state, off: 0xA, timeHigh: 0xE, .evt4)
        var pointer = unsafe run.next
        var left = unsafe run.left
        var writer = unsafe FineWriter(run, state)
        while left >= 2, unsafe writer.hasRoom {
            let word = unsafe UInt32(littleEndian: pointer.loadUnaligned(as: UInt32.self))
            let mask = unsafe UInt32(littleEndian: pointer.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
            guard word &>> 29 == 0xC >> 1, unsafe writer.write(word, mask: mask) else { break }
            unsafe pointer += 8
            left &-= 2
        }
        let hasVectors = unsafe left < run.left
        unsafe run.next = pointer
        unsafe run.left = left
        unsafe writer.finish(&run, &state)
        if !hasVectors { return }
    }
}
