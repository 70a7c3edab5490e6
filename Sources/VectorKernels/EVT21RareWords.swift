#if arch(x86_64)
    import CPlatform
    import _Builtin_intrinsics.intel

    /// EVT2.1 as long as each 64 words have something rare among them. Apart from what good streams consist of, which needs the registers.
    @inline(never)
    func decodeEVT21RareWords(
        _ run: inout EventRun, _ state: inout FineState, _ list: PixelList, _ upperFirst: Bool
    ) {
        let limit = unsafe run.capacity &- EventRun.slack
        let columns = unsafe FineColumns(run)
        let halves = Halves(upperFirst)
        var time = state
        // Blocks without, one after the other.
        var plain = 0
        while unsafe run.left > 0, unsafe run.count <= limit {
            unsafe platform_prefetch(run.next + 2048)
            unsafe platform_prefetch(run.next + 2112)
            let (uppers, masks, beyond) = unsafe halves.read(run.next, run.left)
            var lanes = FineLanes(uppers, beyond: beyond, .evt21)
            lanes.findTimes(beyond: beyond, after: time.high, .evt21)
            plain = lanes.hard & ~beyond | lanes.wraps | lanes.stepsBack == 0 ? plain &+ 1 : 0
            var block = FineRareBlock(lanes: lanes, masks: masks, beyond: beyond)
            let taken = unsafe block.take(
                at: run.next + (upperFirst ? 0 : 4), every: 8, but: 0, .evt21, columns, list, &time, &run)
            unsafe run.next += 8 &* taken
            unsafe run.left &-= taken
            if block.lanes.hard != 0 || plain == 4 { break }
        }
        state = time
    }
#endif
