import CNeuromorphic
import EventFormats

/// How a packet's arrays lie in its block: the columns (or the raw bytes), then where losses fell.
package struct BlockLayout: Sendable {
    /// Most losses that a packet can hold; it ends with the last.
    static let mostOverflows = 1024
    /// Blocks start on multiples of this, which every page size divides.
    private static let alignment = 1 << 16

    let isRaw: Bool
    /// Without room, if raw.
    let columns: EventColumns.Layout
    /// 0, unless raw.
    let rawCapacity: Int
    private let overflowOffset: Int
    /// Bytes of a block.
    let length: Int

    /// - Parameter capacity: events, or bytes if raw.
    init(isRaw: Bool, capacity: Int) {
        self.isRaw = isRaw
        rawCapacity = isRaw ? capacity : 0
        columns = EventColumns.Layout(
            isRaw
                ? EventColumns.Capacities(events: 0, triggers: 0, counters: 0)
                : EventColumns.Capacities(
                    events: capacity, triggers: max(1024, capacity / 16), counters: max(1024, capacity / 64)))
        overflowOffset = (columns.length + rawCapacity + 63) / 64 * 64
        let end = overflowOffset + 3 * Self.mostOverflows * MemoryLayout<UInt64>.size
        length = (end + Self.alignment - 1) / Self.alignment * Self.alignment
    }

    /// Where in the packet the data after each loss starts.
    @unsafe func overflows(at block: UnsafeMutableRawPointer) -> OverflowColumns {
        let start = unsafe (block + overflowOffset).assumingMemoryBound(to: UInt64.self)
        return unsafe OverflowColumns(
            events: start, triggers: start + Self.mostOverflows, raw: start + 2 * Self.mostOverflows)
    }
}

/// The losses of one packet; see `neuromorphic_packet`.
@unsafe struct OverflowColumns {
    let events: UnsafeMutablePointer<UInt64>
    let triggers: UnsafeMutablePointer<UInt64>
    let raw: UnsafeMutablePointer<UInt64>
    private(set) var count = 0

    init(
        events: UnsafeMutablePointer<UInt64>, triggers: UnsafeMutablePointer<UInt64>, raw: UnsafeMutablePointer<UInt64>
    ) {
        unsafe self.events = events
        unsafe self.triggers = triggers
        unsafe self.raw = raw
    }

    var isFull: Bool { unsafe count == BlockLayout.mostOverflows }

    /// The caller has asked `isFull`.
    mutating func append(event: Int, trigger: Int, byte: Int) {
        unsafe events[count] = UInt64(event)
        unsafe triggers[count] = UInt64(trigger)
        unsafe raw[count] = UInt64(byte)
        unsafe count &+= 1
    }
}
