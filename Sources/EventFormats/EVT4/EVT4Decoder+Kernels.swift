import VectorKernels

/// What is plain in EVT4: events, vectors, padding, and times as long as they don't fall.
extension EVT4Decoder {
    package mutating func takeRun(
        _ words: UnsafeRawBufferPointer, with kernel: Kernel, into columns: inout EventColumns
    ) -> KernelProgress {
        guard var state = clock.state, vector == nil, !message.isUnderWay else { return .none }
        // Padding ends no message, and any other word that a kernel takes does.
        if message.isIgnored, unsafe words.loadUnaligned(as: UInt32.self) == EVT4Word.padding.bits { return .none }
        let progress = unsafe columns.appendRun(of: words, wordLength: 4, sensor: sensor, defects: &defects) { run in
            switch kernel {
            case .avx512: unsafe decodeEVT4Vectors(&run, &state)
            default: unsafe decodeEVT4Words(&run, &state)
            }
        }
        if progress.taken > 0 {
            message.end(defects: &defects)
            clock.set(state)
        }
        return progress
    }
}
