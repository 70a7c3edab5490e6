import VectorKernels

/// What kernels take in EVT2: all but the first of each defect, the rate controller's reports, and what is unfinished.
extension EVT2Decoder {
    package mutating func takeRun(
        _ words: UnsafeRawBufferPointer, with kernel: Kernel, into columns: inout EventColumns
    ) -> Int {
        // Only the other kernel takes words before the time is known.
        guard clock.isKnown || kernel == .avx512, !message.isUnderWay else { return 0 }
        var state = clock.state(isInMessage: message.isIgnored)
        let taken = unsafe columns.appendRun(of: words, wordLength: 4, sensor: sensor, defects: &defects) { run in
            switch kernel {
            case .avx512: unsafe decodeEVT2Vectors(&run, &state)
            case .portable: unsafe decodeEVT2Words(&run, &state)
            case .plain: break
            }
        }
        if taken > 0 {
            message.set(isIgnored: state.isInMessage)
            clock.set(state)
        }
        return taken
    }
}
