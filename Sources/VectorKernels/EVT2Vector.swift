#if arch(x86_64)
    /// EVT2 with AVX-512. Needs the features that `processorHasVectors` tells.
    @export(interface)
    @inline(never)
    package func decodeEVT2Vectors(_ run: inout EventRun, _ state: inout FineState) {
        while true {
            if state.hasTime { unsafe decodePlainEVT2Words(&run, &state) }
            let left = unsafe run.left
            unsafe decodeEVT2RareWords(&run, &state)
            if unsafe run.left == left { return }
        }
    }

    /// What lies between rare words. Apart from those, as it needs the registers.
    @inline(never)
    func decodePlainEVT2Words(_ run: inout EventRun, _ state: inout FineState) {
        unsafe decodeFineWords(&run, &state, .evt2)
    }
#endif
