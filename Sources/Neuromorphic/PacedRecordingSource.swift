import EventFormats

/// A recording cut into the spans of time in which a camera would have sent it.
@safe final class PacedRecordingSource: EventSource, @unchecked Sendable {
    /// Microseconds of the sensor's time in one buffer at most: what a camera's latency would be.
    private static let span: UInt64 = 1000
    private static let chunkLength = 1 << 16
    /// Bytes after which the time is looked at: multiples of every format's word, no longer than the shortest buffer.
    private static let shortestPiece = 8
    private static let longestPiece = 1024

    private let recording: RecordingSource
    /// Decodes only to know the time.
    private let clock: any EventDecoder
    private var columns = EventColumns(EventColumns.Capacities(events: 1024, triggers: 1024, counters: 1024))
    private let chunk: UnsafeMutableRawBufferPointer
    /// What is in `chunk` and was not looked at.
    private var unread = 0..<0
    private var unreadStartsAnew = false
    /// What was looked at and is not sent, since its time had not come.
    private var next: Piece?
    /// Few where little happens, so that nothing waits for what comes much later; more where much does, for speed.
    private var pieceLength = shortestPiece
    private var firstT: UInt64?

    private struct Piece {
        let range: Range<Int>
        /// The sensor's time behind it.
        let t: UInt64
        let startsAnew: Bool
    }

    init(_ recording: RecordingSource, _ kernel: Kernel) {
        self.recording = recording
        clock = recording.header.format.decoder(for: recording.header.sensor, kernel)
        unsafe chunk = .allocate(byteCount: Self.chunkLength, alignment: 64)
    }

    deinit { unsafe chunk.deallocate() }

    func fill(_ buffer: UnsafeMutableRawBufferPointer) throws(NeuromorphicError) -> Filling {
        var filling = Filling()
        var start: UInt64?
        var now: UInt64 = 0
        while true {
            // Reading a chunk replaces the one before: what is left of that must be sent first.
            if next == nil, !unread.isEmpty || filling.length == 0 { next = try look() }
            guard let piece = next else { break }
            let room = buffer.count - filling.length
            if piece.range.count > room || piece.startsAnew && filling.length > 0 { break }
            if let start, piece.t > start &+ Self.span { break }
            unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[filling.length...])
                .copyMemory(from: UnsafeRawBufferPointer(rebasing: chunk[piece.range]))
            filling.length += piece.range.count
            filling.startsAnew = filling.startsAnew || piece.startsAnew
            start = start ?? piece.t
            now = piece.t
            next = nil
        }
        filling.isLast = filling.length == 0
        let length = filling.length / 16 / Self.shortestPiece * Self.shortestPiece
        pieceLength = min(max(length, Self.shortestPiece), Self.longestPiece)
        if firstT == nil, now > 0 { firstT = now }
        // Where a damaged recording's time falls, nothing is waited for.
        if let firstT, now > firstT { filling.elapsed = now &- firstT }
        return filling
    }

    /// Looks at the next bytes' time; nil at the end.
    private func look() throws(NeuromorphicError) -> Piece? {
        if unread.isEmpty {
            let read = try unsafe recording.fill(chunk)
            unread = 0..<read.length
            unreadStartsAnew = read.startsAnew
        }
        guard !unread.isEmpty else { return nil }
        let startsAnew = unreadStartsAnew
        unreadStartsAnew = false
        if startsAnew { clock.restart() }
        let range = unread.lowerBound..<min(unread.lowerBound + pieceLength, unread.upperBound)
        unread = range.upperBound..<unread.upperBound
        let bytes = unsafe RawSpan(_unsafeBytes: UnsafeRawBufferPointer(rebasing: chunk[range]))
        var used = 0
        while used < bytes.byteCount {
            columns.removeAll()
            used += clock.decode(bytes.extracting(droppingFirst: used), into: &columns)
        }
        return Piece(range: range, t: clock.currentT, startsAnew: startsAnew)
    }
}
