#if !arch(x86_64)
    // Kernels are there for one kind of processor only; where `Kernel.isAvailable` denies them, nobody asks. These take nothing.

    package func decodeEVT2Vectors(_ run: inout EventRun, _ state: inout FineState) {}

    package func decodeEVT21Vectors(_ run: inout EventRun, _ state: inout FineState, upperFirst: Bool) {}

    package func decodeEVT3Vectors(_ run: inout EventRun, _ state: inout EVT3State) {}

    package func decodeEVT4Vectors(_ run: inout EventRun, _ state: inout FineState) {}
#endif
