package import Platform

/// Carries filled buffers from the one who fills them (a thread, a USB callback) to the one who reads them.
///
///     takeFree ─▶ fill ─▶ push ─▶ [ oldest … newest ] ─▶ next ─▶ read ─▶ giveBack
///        ▲                                                                  │
///        └─────────────── free buffers, the last used first ◀───────────────┘
///
/// Buffers are made as they are needed, up to `capacity`, and the one that was used last is used first: a reader that keeps up
/// works in a few cache-warm buffers. Those that a reader's pause called for are given back to the system once they have been
/// idle for a while. When every buffer is full, the policy says what is lost, and the ledger says how much.
///
/// `0 ≤ count ≤ made ≤ capacity`; a buffer is free, being filled, queued, or being read, and nothing else.
@safe package final class BufferQueue: @unchecked Sendable {
    /// What happens to new data when every buffer is full.
    package enum Policy: Sendable {
        /// It is lost; what waits, stays.
        case dropNewest
        /// What has waited longest is lost.
        case dropOldest
        /// Whoever fills waits: for sources that can.
        case wait
    }

    /// Why there is no buffer to read.
    package enum End: Error {
        case timedOut
        case interrupted
        case closed
        /// The source has no more; after every buffer was read.
        case finished
    }

    private let monitor = Monitor()
    package let bufferLength: Int
    private let capacity: Int
    private let policy: Policy
    private let special: (any BufferMemory)?

    // All below is guarded by the monitor.
    private var free: [TransferBuffer] = []
    /// How many were free at least, all the time since the last look, and how often one was taken.
    private var idle = 0
    private var takes = 0
    private var made: [TransferBuffer] = []
    private let ring: UnsafeMutablePointer<FilledBuffer>
    private var first = 0
    private var count = 0
    /// What was lost since the newest queued buffer.
    private var lossAtEnd = Loss()
    /// What was lost since then had the start of a stream that is played again.
    private var startWasLost = false
    private var books = Ledger()
    private var isClutchEngaged = false
    private var isFinished = false
    private var isClosed = false
    private var isInterrupted = false
    private var isReaderWaiting = false
    private var isFillerWaiting = false
    private var signal: EventSignal?
    private var isSignalUp = false
    /// The reader fills the queue itself when it wants to read.
    private let isPulled: Bool

    /// - Parameters:
    ///   - bufferLength: bytes of each buffer.
    ///   - capacity: most buffers.
    ///   - isPulled: the reader fills the queue itself, so there is always something to read until the end.
    ///   - special: where buffers are made as long as there is any.
    package init(
        bufferLength: Int, capacity: Int, policy: Policy, isPulled: Bool = false, special: (any BufferMemory)? = nil
    ) {
        self.bufferLength = bufferLength
        self.capacity = capacity
        self.policy = policy
        self.isPulled = isPulled
        self.special = special
        unsafe ring = .allocate(capacity: capacity)
    }

    deinit {
        for buffer in made { buffer.deallocate(special) }
        // The ring's elements own nothing.
        unsafe ring.deallocate()
    }

    // MARK: - For the one who fills

    /// A buffer to fill. Nil when there is none to have: then what arrives is lost, and `lose` is told how much. With the
    /// policy `.wait` it waits, and nil means that the queue was closed.
    package func takeFree() -> TransferBuffer? {
        monitor.withLock {
            while true {
                if isClosed { return nil }
                if let buffer = free.popLast() ?? make() {
                    isClutchEngaged = false
                    releaseIdle()
                    return buffer
                }
                switch policy {
                case .dropNewest:
                    isClutchEngaged = true
                    return nil
                case .dropOldest:
                    isClutchEngaged = true
                    return stealOldest()
                case .wait:
                    isFillerWaiting = true
                    monitor.wait()
                }
            }
        }
    }

    /// Queues a buffer with data. One without data goes back to the free ones.
    ///
    /// - Parameters:
    ///   - length: bytes from its start.
    ///   - time: when the first of them reached the host.
    ///   - startsAnew: they are the start of a stream that is played again.
    package func push(_ buffer: TransferBuffer, length: Int, time: MonotonicTime, startsAnew: Bool = false) {
        monitor.withLock {
            guard length > 0, !isClosed else { return free.append(buffer) }
            queue(buffer, 0..<length, time, startsAnew)
        }
    }

    /// Queues a part of memory that the filler lends, if there is none queued. It stays as it is until it was read.
    package func lend(_ buffer: TransferBuffer, _ range: Range<Int>, time: MonotonicTime, startsAnew: Bool) {
        monitor.withLock {
            guard !isClosed, count == 0 else { return }
            queue(buffer, range, time, startsAnew)
        }
    }

    /// Data arrived that had no buffer.
    package func lose(_ length: Int, startsAnew: Bool = false) {
        monitor.withLock {
            guard length > 0, !isClosed else { return }
            if lossAtEnd.isNone { books.overflowBegan() }
            books.lostNewest(length)
            lossAtEnd += Loss(bytes: length, buffers: 1)
            startWasLost = startWasLost || startsAnew
        }
    }

    /// There is no more data. The reader learns it after the last buffer.
    package func finish() {
        monitor.withLock {
            isFinished = true
            announce()
        }
    }

    /// Whether everybody shall stop.
    package var hasClosed: Bool { monitor.withLock { isClosed } }

    /// Waits until a time, or until the queue is closed.
    ///
    /// - Returns: false when it was closed.
    package func pause(until time: MonotonicTime) -> Bool {
        monitor.withLock {
            while !isClosed, MonotonicTime.now < time {
                // Returning early is as good as being woken: the loop looks again.
                _ = monitor.wait(until: time)
            }
            return !isClosed
        }
    }

    // MARK: - For the one who reads

    /// Takes the oldest buffer, and waits for one if there is none.
    ///
    /// - Parameter deadline: nil waits for ever.
    package func next(until deadline: MonotonicTime?) throws(End) -> FilledBuffer {
        try monitor.withLock { () throws(End) in
            defer { isReaderWaiting = false }
            while true {
                try checkForEnd()
                if count > 0 { return takeFirst() }
                if isFinished { throw .finished }
                isReaderWaiting = true
                guard let deadline else {
                    monitor.wait()
                    continue
                }
                if !monitor.wait(until: deadline), count == 0, !isFinished, !isClosed, !isInterrupted {
                    throw .timedOut
                }
            }
        }
    }

    /// Ends the wait of a reader that fills the queue itself, where it was interrupted or closed.
    package func throwIfEnded() throws(End) {
        try monitor.withLock { () throws(End) in try checkForEnd() }
    }

    /// Takes the oldest buffer if there is one.
    package func nextIfAny() -> FilledBuffer? {
        monitor.withLock { count > 0 && !isClosed ? takeFirst() : nil }
    }

    /// Puts back what the reader could not use yet: it is the oldest again.
    package func putBack(_ rest: FilledBuffer) {
        monitor.withLock {
            first = first == 0 ? capacity &- 1 : first &- 1
            unsafe (ring + first).initialize(to: rest)
            count &+= 1
            announce()
        }
    }

    /// Gives a buffer back whose data was read.
    package func giveBack(_ buffer: TransferBuffer) {
        monitor.withLock {
            guard !buffer.isLent else { return }
            free.append(buffer)
            if isFillerWaiting {
                isFillerWaiting = false
                monitor.wakeAll()
            }
        }
    }

    /// The reader delivered `length` bytes; `buffers` buffers were used up.
    package func recordDelivery(_ length: Int, buffers: UInt64) {
        monitor.withLock { books.delivered(length, buffers: buffers) }
    }

    /// The reader discarded what was left of a buffer because it was told to.
    package func recordClearing(_ length: Int) {
        monitor.withLock { books.cleared(length) }
    }

    // MARK: - For everybody

    /// How many buffers wait, and whether data is being lost.
    package var state: (backlog: Int, isClutchEngaged: Bool) {
        monitor.withLock { (count, isClutchEngaged) }
    }

    /// Whether there is nothing left to read, now and later.
    package var isDrained: Bool { monitor.withLock { isFinished && count == 0 } }

    package var ledger: Ledger { monitor.withLock { books } }

    package var buffersMade: Int { monitor.withLock { made.count } }

    /// Makes the reader's wait, or its next one, end.
    package func interrupt() {
        monitor.withLock {
            isInterrupted = true
            announce()
        }
    }

    /// Ends all waiting, now and later.
    package func close() {
        monitor.withLock {
            isClosed = true
            announce()
        }
    }

    /// A descriptor that is readable while `next` would not wait; it lives as long as the queue.
    package func descriptor() throws(SystemError) -> Int32 {
        try monitor.withLock { () throws(SystemError) in
            if let signal { return signal.number }
            let signal = try EventSignal()
            self.signal = signal
            updateSignal()
            return signal.number
        }
    }

    // MARK: - With the lock held

    private func queue(_ buffer: TransferBuffer, _ range: Range<Int>, _ time: MonotonicTime, _ startsAnew: Bool) {
        books.arrived(range.count)
        unsafe (ring + place(count)).initialize(
            to: FilledBuffer(
                buffer: buffer, range: range, time: time, lossBefore: lossAtEnd, startsAnew: startsAnew || startWasLost)
        )
        lossAtEnd = Loss()
        startWasLost = false
        count &+= 1
        announce()
    }

    private func place(_ index: Int) -> Int {
        let place = first &+ index
        return place < capacity ? place : place &- capacity
    }

    private func make() -> TransferBuffer? {
        guard made.count < capacity, let buffer = TransferBuffer(capacity: bufferLength, preferring: special)
        else { return nil }
        made.append(buffer)
        return buffer
    }

    /// Now and then gives some of the buffers back that nobody has used meanwhile: they are the first of the free ones.
    private func releaseIdle() {
        // A few are not worth it.
        guard capacity > Self.releasesAtOnce else { return }
        idle = min(idle, free.count)
        takes &+= 1
        guard takes >= Self.takesBetweenLooks else { return }
        takes = 0
        for _ in 0..<min(idle, Self.releasesAtOnce) {
            let buffer = free.removeFirst()
            made.removeAll { $0.isSame(as: buffer) }
            buffer.deallocate(special)
        }
        idle = free.count
    }

    private static let takesBetweenLooks = 256
    private static let releasesAtOnce = 16

    private func stealOldest() -> TransferBuffer? {
        guard count > 0 else { return nil }
        let oldest = takeFirst()
        // The gap that this tears becomes one with those on either side of it.
        books.overflowBegan()
        if !oldest.lossBefore.isNone { books.overflowsJoined() }
        if !(count > 0 ? unsafe ring[first].lossBefore : lossAtEnd).isNone { books.overflowsJoined() }
        books.lostOldest(oldest.range.count)
        var loss = oldest.lossBefore
        loss += Loss(bytes: oldest.range.count, buffers: 1)
        if count > 0 {
            unsafe ring[first].lossBefore += loss
            if oldest.startsAnew { unsafe ring[first].startsAnew = true }
        } else {
            lossAtEnd += loss
            startWasLost = startWasLost || oldest.startsAnew
        }
        return oldest.buffer
    }

    private func takeFirst() -> FilledBuffer {
        let oldest = unsafe (ring + first).move()
        first = place(1)
        count &-= 1
        updateSignal()
        return oldest
    }

    private func checkForEnd() throws(End) {
        if isClosed { throw .closed }
        guard isInterrupted else { return }
        isInterrupted = false
        updateSignal()
        throw .interrupted
    }

    /// Something is there for the reader, or for everybody.
    private func announce() {
        updateSignal()
        if isReaderWaiting || isClosed || isFillerWaiting {
            isReaderWaiting = false
            isFillerWaiting = false
            monitor.wakeAll()
        }
    }

    private func updateSignal() {
        guard let signal else { return }
        let shallBeUp = count > 0 || isFinished || isInterrupted || isClosed || isPulled
        if shallBeUp, !isSignalUp { signal.raise() }
        if !shallBeUp, isSignalUp { signal.lower() }
        isSignalUp = shallBeUp
    }
}
