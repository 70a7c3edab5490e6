import EventFormats
import Testing

@Suite("Columns")
struct ColumnsTests {
    @Test("Columns of any size that takes a word give the same", arguments: CutTests.streams)
    func sizes(_ stream: CutTests.Stream) throws {
        let items = [StreamItem.bytes(stream.bytes), .finish]
        let whole = try decode(items, as: stream.format, sensor: stream.sensor)
        for (events, triggers, counters) in [(32, 1, 1), (33, 1, 1), (63, 2, 3), (64, 1000, 1), (100_000, 1, 1000)] {
            let narrow = try decode(
                items, as: stream.format, sensor: stream.sensor,
                capacities: EventColumns.Capacities(events: events, triggers: triggers, counters: counters))
            #expect(
                narrow.difference(from: whole) == nil, "\(events) events, \(triggers) triggers, \(counters) counters")
        }
    }

    @Test(
        "Without room for a word nothing is used and nothing changes",
        arguments: [
            EventColumns.Capacities(events: 31, triggers: 1, counters: 1),
            EventColumns.Capacities(events: 32, triggers: 0, counters: 1),
            EventColumns.Capacities(events: 32, triggers: 1, counters: 0),
            EventColumns.Capacities(events: 0, triggers: 0, counters: 0),
        ], EventFormat.allCases)
    func noRoom(_ capacities: EventColumns.Capacities, _ format: EventFormat) {
        let decoder = format.decoder(for: .largestSensor)
        let word = [UInt8](repeating: 0x55, count: format.wordLength)
        var columns = EventColumns(capacities)
        let hasRoom = columns.hasRoomForAWord
        #expect(!hasRoom)
        let first = unsafe decoder.decode(word.span.bytes, into: &columns)
        #expect(first == 0)

        // Nor when a part of the word was kept before.
        var room = EventColumns(.oneWord)
        let kept = unsafe decoder.decode(word.span.bytes.extracting(..<1), into: &room)
        #expect(kept == 1)
        let rest = unsafe decoder.decode(word.span.bytes.extracting(1...), into: &columns)
        #expect(rest == 0)
        let count = columns.count
        #expect(count == 0 && decoder.defects.total == 0)

        let late = unsafe decoder.decode(word.span.bytes.extracting(1...), into: &room)
        #expect(late == format.wordLength - 1)
        #expect(decoder.defects[.unknownWord].count + decoder.defects[.eventBeforeTime].count > 0)
        #expect(decoder.defects[.unknownWord].firstOffset + decoder.defects[.eventBeforeTime].firstOffset == 0)
    }

    @Test("A decoder appends to what columns hold")
    func append() throws {
        var columns = EventColumns(EventColumns.Capacities(events: 40, triggers: 2, counters: 2))
        columns.appendEvent(t: 1, x: 2, y: 3, on: 1)
        columns.appendTrigger(t: 4, id: 5, rising: 1)
        columns.appendCounter(t: 6, events: 7, isOutput: 1)
        var encoder = EVT2Encoder()
        try encoder.appendEvent(t: 10, x: 11, y: 12, on: 0)
        let bytes = encoder.takeBytes()
        let used = unsafe EventFormat.evt2.decoder(for: .largestSensor).decode(bytes.span.bytes, into: &columns)
        #expect(used == bytes.count)
        var decoded = Decoded()
        decoded.append(columns)
        #expect(decoded.lines == ["event 1 2 3 1", "event 10 11 12 0", "trigger 4 5 1", "counter 6 7 1", "now 0"])

        columns.removeAll()
        let counts = [columns.count, columns.triggerCount, columns.counterCount]
        let lengths = [columns.t.count, columns.triggerT.count, columns.counterT.count]
        #expect(counts == [0, 0, 0])
        #expect(lengths == [0, 0, 0])
    }

    @Test(
        "A vector's pixels are the set bits, without those beyond the sensor",
        arguments: [
            // x, y, mask, columns that remain, how many are left out, on a sensor of 40 x 30
            (0, 0, 0x0000_0000, [], 0),
            (0, 29, 0x8000_0001, [0, 31], 0),
            (8, 0, 0xFFFF_FFFF, Array(8..<40), 0),
            (9, 0, 0xFFFF_FFFF, Array(9..<40), 1),
            (39, 0, 0x8000_0003, [39], 2),
            (40, 0, 0x0000_0001, [], 1),
            (2047, 0, 0xFFFF_FFFF, [], 32),
            (0, 30, 0x0000_0700, [], 3),
        ] as [(Int, UInt16, UInt32, [Int], Int)])
    func vector(_ x: Int, _ y: UInt16, _ mask: UInt32, _ columnsLeft: [Int], _ outside: Int) {
        var columns = EventColumns(.oneWord)
        let left = columns.appendVector(t: 9, x: x, y: y, on: 1, mask: mask, sensor: DecoderChecks.sensor)
        #expect(left == outside)
        var decoded = Decoded()
        decoded.append(columns)
        #expect(decoded.lines == columnsLeft.map { "event 9 \($0) \(y) 1" } + ["now 0"])
    }

    @Test(
        "Columns in one block are aligned and apart",
        arguments: [(0, 0, 0), (1, 1, 1), (7, 3, 5), (64, 64, 64), (1000, 1, 77), (65_537, 129, 0)])
    func layout(_ events: Int, _ triggers: Int, _ counters: Int) {
        let capacities = EventColumns.Capacities(events: events, triggers: triggers, counters: counters)
        let layout = EventColumns.Layout(capacities)
        #expect(layout.capacities == capacities)
        let memory = UnsafeMutableRawPointer.allocate(byteCount: layout.length + 64, alignment: 64)
        defer { unsafe memory.deallocate() }
        let columns = unsafe layout.pointers(at: memory)
        let starts = unsafe [
            (UnsafeMutableRawPointer(columns.t), events * 8), (UnsafeMutableRawPointer(columns.x), events * 2),
            (UnsafeMutableRawPointer(columns.y), events * 2), (UnsafeMutableRawPointer(columns.on), events),
            (UnsafeMutableRawPointer(columns.triggerT), triggers * 8),
            (UnsafeMutableRawPointer(columns.triggerID), triggers),
            (UnsafeMutableRawPointer(columns.triggerRising), triggers),
            (UnsafeMutableRawPointer(columns.counterT), counters * 8),
            (UnsafeMutableRawPointer(columns.counterEvents), counters * 4),
            (UnsafeMutableRawPointer(columns.counterIsOutput), counters),
        ].map { unsafe (start: $0 - memory, length: $1) }
        var end = 0
        for (start, length) in starts {
            #expect(start % 64 == 0 && start >= end)
            end = start + length
        }
        #expect(end <= layout.length)
    }
}
