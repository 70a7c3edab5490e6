import VectorKernels

/// What is plain in EVT2: events, and times as long as they don't fall.
extension EVT2Decoder {
    package mutating func takeRun(
        _ words: UnsafeRawBufferPointer, with kernel: Kernel, into columns: inout EventColumns
    ) -> KernelProgress {
        guard var state = clock.state, !message.isUnderWay else { return .none }
        let progress = unsafe columns.appendRun(of: words, wordLength: 4, sensor: sensor, defects: &defects) { run in
            switch kernel {
            case .avx512: unsafe decodeEVT2Vectors(&run, &state)
            default: unsafe decodeEVT2Words(&run, &state)
            }
        }
        if progress.taken > 0 {
            message.end(defects: &defects)
            clock.set(state)
        }
        return progress
    }
}
