#if arch(x86_64)
    /// EVT2 with AVX-512. Needs the features that `processorHasVectors` tells.
    @export(interface)
    @inline(never)
    package func decodeEVT2Vectors(_ run: inout EventRun, _ state: inout FineState) {
        while true {
            if state.hasTime { unsafe decodeFineWords(&run, &state, .evt2) }
            let left = unsafe run.left
            unsafe decodeEVT2RareWords(&run, &state)
            if unsafe run.left == left { return }
        }
    }
#endif
