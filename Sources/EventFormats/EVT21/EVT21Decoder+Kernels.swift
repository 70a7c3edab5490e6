import VectorKernels

/// What kernels take in EVT2.1: all but the first of each defect, the rate controller's reports, and what is unfinished.
extension EVT21Decoder {
    package mutating func takeRun(
        _ words: UnsafeRawBufferPointer, with kernel: Kernel, into columns: inout EventColumns
    ) -> Int {
        // Only the other kernel takes words before the time is known.
        guard clock.isKnown || kernel == .avx512 else { return 0 }
        var state = clock.state(isInMessage: isInMessage)
        let taken = unsafe columns.appendRun(of: words, wordLength: 8, sensor: sensor, defects: &defects) { run in
            switch kernel {
            case .avx512: unsafe decodeEVT21Vectors(&run, &state, upperFirst: order == .legacy)
            case .portable: unsafe decodeEVT21Words(&run, &state, upperFirst: order == .legacy)
            case .plain: break
            }
        }
        if taken > 0 {
            isInMessage = state.isInMessage
            clock.set(state)
        }
        return taken
    }
}
