#if arch(x86_64)
    /// EVT4 with AVX-512. Needs the features that `processorHasVectors` tells.
    @export(interface)
    @inline(never)
    package func decodeEVT4Vectors(_ run: inout EventRun, _ state: inout FineState) {
        while true {
            if state.hasTime { unsafe decodePlainWords(&run, &state) }
            let left = unsafe run.left
            unsafe decodeEVT4RareWords(&run, &state)
            if unsafe run.left == left { return }
        }
    }

    /// What lies between rare words: what is like EVT2 as there, and vectors between.
    @inline(__always)
    private func decodePlainWords(_ run: inout EventRun, _ state: inout FineState) {
        let columns = unsafe FineColumns(run)
        let limit = unsafe run.capacity &- EventRun.slack
        let countsOutside = unsafe run.countsOutside
        while true {
            unsafe decodeFineWords(&run, &state, .evt4)
            var pointer = unsafe run.next
            var left = unsafe run.left
            var count = unsafe run.count
            var outside = 0
            while left >= 2, count <= limit {
                let word = unsafe pointer.loadUnaligned(as: UInt32.self)
                let whole = unsafe pointer.loadUnaligned(fromByteOffset: 4, as: UInt32.self)
                guard word &>> 29 == 0xC >> 1 else { break }
                let mask = unsafe columns.inside(word, mask: whole)
                if mask != whole {
                    guard countsOutside else { break }
                    outside &+= (whole & ~mask).nonzeroBitCount
                }
                state.isInMessage = false
                state.current = state.base &+ low(of: word)
                unsafe columns.storePixels(
                    mask: mask, x: UInt16(truncatingIfNeeded: word &>> 11 & 0x7FF),
                    y: UInt16(truncatingIfNeeded: word & 0x7FF), on: UInt8(truncatingIfNeeded: word &>> 28 & 1),
                    t: state.current, at: count)
                count &+= mask.nonzeroBitCount
                unsafe pointer += 8
                left &-= 2
            }
            let hasVectors = unsafe left < run.left
            unsafe run.next = pointer
            unsafe run.left = left
            unsafe run.count = count
            unsafe run.outside &+= outside
            if !hasVectors { return }
        }
    }
#endif
