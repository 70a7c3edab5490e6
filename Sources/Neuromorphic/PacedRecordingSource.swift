import EventFormats

/// A recording cut into the spans of time in which a camera would have sent it.
@safe final class PacedRecordingSource: EventSource, @unchecked Sendable {
    /// Microseconds of the sensor's time in one buffer, about: what a camera's latency would be.
    private static let span: UInt64 = 1000
    /// Bytes after which the time is looked at: a multiple of every format's word.
    private static let pieceLength = 2048

    private let recording: RecordingSource
    /// Decodes only to know the time.
    private let clock: any EventDecoder
    private var columns = EventColumns(EventColumns.Capacities(events: 8192, triggers: 1024, counters: 1024))
    private let piece: UnsafeMutableRawBufferPointer
    /// What was read and is not yet sent.
    private var rest = 0..<0
    private var restStartsAnew = false
    private var firstT: UInt64?

    init(_ recording: RecordingSource) {
        self.recording = recording
        clock = recording.header.format.decoder(for: recording.header.sensor)
        unsafe piece = .allocate(byteCount: Self.pieceLength, alignment: 64)
    }

    deinit { unsafe piece.deallocate() }

    func fill(_ buffer: UnsafeMutableRawBufferPointer) throws(NeuromorphicError) -> Filling {
        var filling = Filling()
        let start = clock.currentT
        while filling.length < buffer.count {
            if rest.isEmpty {
                let read = try unsafe recording.fill(piece)
                filling.isLast = read.isLast
                rest = 0..<read.length
                restStartsAnew = read.startsAnew
                if read.isLast || read.startsAnew && filling.length > 0 { break }
            }
            if restStartsAnew {
                clock.restart()
                filling.startsAnew = true
                restStartsAnew = false
            }
            let length = min(rest.count, buffer.count - filling.length)
            let bytes = unsafe UnsafeRawBufferPointer(rebasing: piece[rest.lowerBound..<rest.lowerBound + length])
            unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[filling.length...]).copyMemory(from: bytes)
            follow(unsafe RawSpan(_unsafeBytes: bytes))
            filling.length += length
            rest = rest.lowerBound + length..<rest.upperBound
            if clock.currentT > start &+ Self.span { break }
        }
        let now = clock.currentT
        if firstT == nil, now > 0 { firstT = start > 0 ? start : now }
        // Where a damaged recording's time falls, nothing is waited for.
        if let firstT, now > firstT { filling.elapsed = now &- firstT }
        return filling
    }

    private func follow(_ bytes: RawSpan) {
        var used = 0
        while used < bytes.byteCount {
            columns.removeAll()
            used += clock.decode(bytes.extracting(droppingFirst: used), into: &columns)
        }
    }
}
