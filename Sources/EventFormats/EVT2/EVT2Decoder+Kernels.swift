import VectorKernels

/// What is plain in EVT2: events, and times as long as they don't fall.
extension EVT2Decoder {
    package mutating func takeRun(
        _ words: UnsafeRawBufferPointer, with kernel: Kernel, into columns: inout EventColumns
    ) -> KernelProgress {
        guard !message.isUnderWay else { return .none }
        var state = clock.state(isInMessage: message.isIgnored)
        let progress = unsafe columns.appendRun(of: words, wordLength: 4, sensor: sensor, defects: &defects) { run in
            switch kernel {
            case .avx512: unsafe decodeEVT2Vectors(&run, &state)
            case .portable: if state.hasTime { unsafe decodeEVT2Words(&run, &state) }
            case .plain: break
            }
        }
        if progress.taken > 0 {
            message.set(isIgnored: state.isInMessage)
            clock.set(state)
        }
        return progress
    }
}
