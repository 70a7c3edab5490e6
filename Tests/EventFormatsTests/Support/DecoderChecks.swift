#if !ONE_MODULE
    import EventFormats
#endif

/// What holds for any bytes whatever: asked by the fuzzer of what it makes up, by the tests of what it once found.
enum DecoderChecks {
    static let sensor = SensorGeometry(width: 40, height: 30)!
    private static let wide = EventColumns.Capacities(events: 4096, triggers: 512, counters: 512)

    /// The first byte picks the format, the second one how the others are cut and what happens between the pieces. Of those that
    /// are cut into the longest pieces, the stream comes over and over, as some of the kernels' loops begin late.
    ///
    /// - Returns: the promises that were broken.
    static func broken(by input: [UInt8]) -> [String] {
        guard input.count >= 2 else { return [] }
        let format = EventFormat.allCases[Int(input[0]) % EventFormat.allCases.count]
        let once = Array(input[2...])
        let times = input[1] & 0x3F == 0x3F ? 6000 / max(1, once.count) + 1 : 1
        let items = items((0..<times).flatMap { _ in once }, interruptedAs: input[1] >> 6)
        do {
            let whole = try decode(items, as: format, sensor: sensor, capacities: wide, kernel: .plain)
            var broken = implausible(whole, of: format, items)
            // The plain decoder is what the others are held to, cut or not, with much room or little.
            for kernel in Kernel.allCases where kernel.isAvailable {
                let pieces = Feed.pieces(Int(input[1] & 0x3F) + 1)
                for (feed, capacities) in [(Feed.whole, wide), (pieces, wide), (.whole, narrow(kernel))] {
                    if kernel == .plain, case .whole = feed, capacities == wide { continue }
                    let other = try decode(
                        items, as: format, sensor: sensor, feed: feed, capacities: capacities, kernel: kernel)
                    guard let difference = other.difference(from: whole) else { continue }
                    broken.append("\(kernel), \(feed), \(capacities): \(difference)")
                }
            }
            return broken
        } catch {
            return ["\(error)"]
        }
    }

    /// A word at a time; or, for a kernel, a step at a time.
    private static func narrow(_ kernel: Kernel) -> EventColumns.Capacities {
        kernel == .plain ? .oneWord : EventColumns.Capacities(events: 97, triggers: 1, counters: 1)
    }

    /// The stream in thirds, with a loss, a new start, or one after the other between them.
    static func items(_ bytes: [UInt8], interruptedAs way: UInt8) -> [StreamItem] {
        let (third, rest) = (bytes.count / 3, bytes.count - bytes.count / 3)
        let thirds = [bytes[..<third], bytes[third..<rest], bytes[rest...]].map { StreamItem.bytes(Array($0)) }
        switch way {
        case 0: return [.bytes(bytes), .finish]
        case 1: return [thirds[0], .resynchronise, thirds[1], .resynchronise, thirds[2], .finish]
        case 2: return [thirds[0], .restart, thirds[1], .restart, thirds[2], .finish]
        default: return [thirds[0], .resynchronise, thirds[1], .restart, thirds[2], .finish]
        }
    }

    /// What no stream can give, however damaged it is.
    static func implausible(
        _ decoded: Decoded, of format: EventFormat, _ items: [StreamItem], sensor: SensorGeometry = sensor
    ) -> [String] {
        var broken: [String] = []
        func expect(_ held: Bool, _ what: @autoclosure () -> String) {
            if !held { broken.append(what()) }
        }
        for i in decoded.t.indices {
            expect(decoded.x[i] < sensor.width && decoded.y[i] < sensor.height && decoded.on[i] <= 1, decoded.event(i))
        }
        for i in decoded.triggerT.indices {
            expect(
                decoded.triggerID[i] < (format == .evt3 ? 16 : 32) && decoded.triggerRising[i] <= 1, decoded.trigger(i))
        }
        for i in decoded.counterT.indices {
            expect(
                decoded.counterEvents[i] >> (format == .evt3 ? 28 : 22) == 0 && decoded.counterIsOutput[i] <= 1,
                decoded.counter(i))
        }

        let length = items.reduce(0) { if case .bytes(let bytes) = $1 { $0 + bytes.count } else { $0 } }
        let words = length / format.wordLength
        let stops = items.count { if case .bytes = $0 { false } else { true } }
        let count = { (kind: StreamDefects.Kind) in Int(clamping: decoded.defects[kind].count) }
        for kind in StreamDefects.Kind.allCases {
            let entry = decoded.defects[kind]
            expect(entry.firstOffset < max(length, 1), "\(kind) first at \(entry.firstOffset) of \(length)")
            expect(entry.count > 0 || entry.firstOffset == 0, "no \(kind), first at \(entry.firstOffset)")
        }
        // A word's pixels are emitted or counted once; whatever else a word is, it is that once.
        let pixels =
            decoded.t.count + decoded.triggerT.count + decoded.counterT.count + count(.eventBeforeTime)
            + count(.eventBeforeRow) + count(.eventBeforeBase) + count(.eventOutsideSensor)
        let others =
            count(.timeStepBack) + count(.unknownWord) + count(.strayContinuation) + count(.brokenMessage)
            + count(.ignoredMessage)
        let mostPixels =
            switch format {
            case .evt2: 1
            case .evt21, .evt21Legacy: 32
            case .evt3: 12
            case .evt4: 16  // 32 for two words
            }
        expect(others <= words, "\(others) other things in \(words) words")
        expect(
            pixels <= (words - min(others, words)) * mostPixels, "\(pixels) pixels and \(others) more in \(words) words"
        )
        // A vector of EVT4 is unfinished without its second word.
        let longestUnfinished = (format == .evt4 ? 2 : 1) * format.wordLength - 1
        expect(
            count(.truncatedByte) <= min(stops * longestUnfinished, length), "\(count(.truncatedByte)) bytes cut off")
        if format != .evt3 {
            expect(count(.eventBeforeRow) + count(.eventBeforeBase) == 0, "rows or bases in \(format)")
        }
        if length > 0, decoded.defects.total == 0, decoded.now == 0, pixels == 0, others == 0 {
            // Nothing but words that need no time: rows, bases, low times, padding, empty vectors, a TIME_HIGH of 0.
            expect(format != .evt2 || items.allZeroTime(), "bytes that left no trace")
        }
        return broken
    }
}

extension [StreamItem] {
    /// Whether the only EVT2 words here are time words of value 0.
    fileprivate func allZeroTime() -> Bool {
        allSatisfy {
            guard case .bytes(let bytes) = $0 else { return true }
            return bytes.enumerated().allSatisfy { $1 == ($0 % 4 == 3 ? 0x80 : 0) }
        }
    }
}
