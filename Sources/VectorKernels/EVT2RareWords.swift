#if arch(x86_64)
    /// EVT2 as long as each 64 words have something rare among them, and before the time is known.
    ///
    /// Most words of garbage are just counted. The others are pushed together, and taken when there are many.
    @inline(never)
    func decodeEVT2RareWords(_ run: inout EventRun, _ state: inout FineState) {
        // More than a kilobyte in all would come from the heap.
        let capacity = 224
        unsafe withScratch(4 &* (capacity &+ EVT2List.slack)) { memory in
            // What is listed has to find room.
            let limit = unsafe run.capacity &- EventRun.slack
            var sieve = unsafe EVT2Sieve(run, state)
            while unsafe !sieve.isDone && run.count &+ 64 <= limit {
                var list = unsafe EVT2List(start: memory)
                unsafe sieve.fill(
                    &list, upTo: min(capacity, limit &- run.count),
                    triggers: run.triggerCapacity &- run.triggerCount)
                unsafe list.take(&run, &state)
            }
            unsafe sieve.leave(&run, &state)
        }
    }
#endif
