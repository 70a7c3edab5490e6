import VectorKernels

/// What is plain in EVT3: rows, times, single events and vectors, as long as the high part of the time stays.
extension EVT3Decoder {
    package mutating func takeRun(
        _ words: UnsafeRawBufferPointer, with kernel: Kernel, into columns: inout EventColumns
    ) -> Int {
        guard isBetweenMessages else { return 0 }
        var state = EVT3State(
            hasTime: clock.isKnown, start: clock.base, timeHigh: UInt16(truncatingIfNeeded: clock.latestHigh),
            low: UInt16(truncatingIfNeeded: currentT &- clock.base), row: row, base: base?.x ?? -1,
            vectorOn: base?.on ?? 0, isInMessage: isInMessage, isDense: isDense)
        let taken = unsafe columns.appendRun(of: words, wordLength: 2, sensor: sensor, defects: &defects) { run in
            switch kernel {
            case .avx512: unsafe decodeEVT3Vectors(&run, &state)
            case .portable: if state.hasTime { unsafe decodeEVT3Portable(&run, &state) }
            case .plain: break
            }
        }
        if taken > 0 { set(state) }
        return taken
    }
}
