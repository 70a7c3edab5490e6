import EventFormats

/// Writes the camera's stream, and hands it out in pieces of any length.
///
/// What it is given is on the sensor and in the order of time, for which the format has words: its errors don't happen.
struct StreamWriter {
    /// Microseconds after which the time is said again, as EVT3's sensors do it.
    private static let timeInterval: UInt64 = 16

    private var encoder = EVT3Encoder()
    /// Words that were handed out.
    private var taken = 0
    /// When the time is due to be said again, microseconds.
    private(set) var nextTime: UInt64 = 0

    /// Whether all that was written was handed out.
    var isEmpty: Bool { taken == encoder.words.count }

    mutating func writePixels(_ mask: UInt32, of group: PixelGroup, at t: UInt64) {
        attempt { encoder throws(EncodingError) in
            var rest = mask
            let second = rest & (rest &- 1)
            guard second & (second &- 1) == 0 else {
                return try encoder.appendVector(t: t, x: group.x, y: group.y, on: group.on, mask: mask)
            }
            // Up to two pixels take less room one by one.
            while rest != 0 {
                let x = group.x &+ UInt16(truncatingIfNeeded: rest.trailingZeroBitCount)
                try encoder.appendEvent(t: t, x: x, y: group.y, on: group.on)
                rest &= rest &- 1
            }
        }
    }

    /// Says the time that is due, and all the rest again when it is needed: a reader can join here.
    mutating func writeTime() {
        let time = nextTime
        attempt { encoder throws(EncodingError) in try encoder.appendTime(time) }
        encoder.forgetPlace()
        nextTime &+= Self.timeInterval
    }

    mutating func writeTrigger(rising: Bool, at t: UInt64) {
        attempt { encoder throws(EncodingError) in try encoder.appendTrigger(t: t, id: 0, rising: rising ? 1 : 0) }
    }

    mutating func writeCounter(_ events: Int, isOutput: Bool, at t: UInt64) {
        let events = UInt32(clamping: events)
        attempt { encoder throws(EncodingError) in
            try encoder.appendCounter(t: t, events: events, isOutput: isOutput ? 1 : 0)
        }
    }

    /// Hands out whole words, and says how many bytes they are.
    mutating func take(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let width = MemoryLayout<UInt16>.size
        let count = min(buffer.count / width, encoder.words.count &- taken)
        guard count > 0 else { return 0 }
        unsafe encoder.words.withUnsafeBytes { words in
            // Little-endian, as the machines are that we run on. Both are as long as that, or longer.
            let source = unsafe UnsafeRawBufferPointer(rebasing: words[(taken &* width)..<((taken &+ count) &* width)])
            unsafe buffer.copyMemory(from: source)
        }
        taken &+= count
        if isEmpty {
            encoder.removeWords()
            taken = 0
        }
        return count &* width
    }

    private mutating func attempt(_ write: (inout EVT3Encoder) throws(EncodingError) -> Void) {
        do {
            try write(&encoder)
        } catch {
            assertionFailure()
        }
    }
}
