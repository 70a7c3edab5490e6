import VectorKernels

/// EVT2 on any processor.
@unsafe func decodeEVT2Words(_ run: inout EventRun, _ state: inout FineState) {
    unsafe decodeFineWords(&run, &state, off: 0x0, timeHigh: 0x8, .evt2)
}
