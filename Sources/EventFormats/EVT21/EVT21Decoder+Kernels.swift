import VectorKernels

/// What is plain in EVT2.1: events, and times as long as they don't fall.
extension EVT21Decoder {
    package mutating func takeRun(
        _ words: UnsafeRawBufferPointer, with kernel: Kernel, into columns: inout EventColumns
    ) -> KernelProgress {
        var state = clock.state(isInMessage: isInMessage)
        let progress = unsafe columns.appendRun(of: words, wordLength: 8, sensor: sensor, defects: &defects) { run in
            switch kernel {
            case .avx512: unsafe decodeEVT21Vectors(&run, &state, upperFirst: order == .legacy)
            case .portable: if state.hasTime { unsafe decodeEVT21Words(&run, &state, upperFirst: order == .legacy) }
            case .plain: break
            }
        }
        if progress.taken > 0 {
            isInMessage = state.isInMessage
            clock.set(state)
        }
        return progress
    }
}
