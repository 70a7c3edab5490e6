import EventFormats

/// A stream that a kernel and the plain decoder are to make the same of.
struct KernelRun {
    let format: EventFormat
    let sensor: SensorGeometry
    /// Each `bytes` is handed over at once.
    var items: [StreamItem]
    var capacities = EventColumns.Capacities(events: 4096, triggers: 512, counters: 512)

    static let kernels = Kernel.allCases.filter { $0 != .plain && $0.isAvailable }

    /// What came of it, and what the decoder said after each piece.
    private struct Outcome {
        var decoded = Decoded()
        var times: [UInt64] = []
        var defects: [StreamDefects] = []
    }

    private func outcome(_ kernel: Kernel) throws -> Outcome {
        var outcome = Outcome()
        outcome.decoded = try decode(items, as: format, sensor: sensor, capacities: capacities, kernel: kernel) {
            outcome.times.append($0.currentT)
            outcome.defects.append($0.defects)
        }
        return outcome
    }

    /// How the kernels' outcomes differ from the plain decoder's: kernel by kernel, with the smallest stream found.
    func differences() -> [String] {
        guard let plain = try? outcome(.plain) else { return ["\(format.fileName): plain breaks a promise"] }
        return Self.kernels.compactMap { kernel in
            guard let difference = difference(of: kernel, from: plain) else { return nil }
            let (run, rest) = shrunk(kernel)
            return "\(kernel) on \(format.fileName), \(sensor.width) x \(sensor.height), \(capacities): \(difference); "
                + "smallest: \(rest), of \(run.text)"
        }
    }

    private func difference(of kernel: Kernel, from plain: Outcome) -> String? {
        do {
            let other = try outcome(kernel)
            if let difference = other.decoded.difference(from: plain.decoded) { return difference }
            for (index, (got, wanted)) in zip(other.times, plain.times).enumerated() where got != wanted {
                return "\(got) is the time after piece \(index), wanted \(wanted)"
            }
            for (index, (got, wanted)) in zip(other.defects, plain.defects).enumerated() where got != wanted {
                return "the defects after piece \(index)"
            }
            return nil
        } catch {
            return "\(error)"
        }
    }

    // MARK: - Making a finding small

    /// Takes out whatever can go without the difference going too, as long as that takes a few seconds.
    private func shrunk(_ kernel: Kernel) -> (KernelRun, String) {
        var smallest = self
        var difference = ""
        let end = ContinuousClock.now.advanced(by: .seconds(5))
        func take(_ run: KernelRun) -> Bool {
            guard difference.isEmpty || ContinuousClock.now < end, let plain = try? run.outcome(.plain),
                let found = run.difference(of: kernel, from: plain)
            else { return false }
            smallest = run
            difference = found
            return true
        }
        _ = take(self)
        var goesOn = true
        while goesOn {
            goesOn = false
            for index in smallest.items.indices.reversed() {
                var run = smallest
                run.items.remove(at: index)
                if take(run) { goesOn = true }
            }
            for index in smallest.items.indices {
                guard case .bytes(var bytes) = smallest.items[index] else { continue }
                var length = max(bytes.count / 2 / format.wordLength, 1) * format.wordLength
                while true {
                    var start = 0
                    while start < bytes.count {
                        var run = smallest
                        let less = Array(bytes[..<start] + bytes[min(start + length, bytes.count)...])
                        run.items[index] = .bytes(less)
                        if take(run) {
                            bytes = less
                            goesOn = true
                        } else {
                            start += length
                        }
                    }
                    if length == format.wordLength { break }
                    length = max(length / 2 / format.wordLength, 1) * format.wordLength
                }
            }
        }
        return (smallest, difference)
    }

    private var text: String {
        items.map { item in
            guard case .bytes(let bytes) = item else { return "\(item)" }
            // As numbers, to be read like words; what is left of a cut word is as it is.
            return stride(from: 0, to: bytes.count, by: format.wordLength).map { start in
                bytes[start..<min(start + format.wordLength, bytes.count)].reversed().map { byte in
                    (byte < 16 ? "0" : "") + String(byte, radix: 16)
                }.joined()
            }.joined(separator: " ")
        }.joined(separator: " | ")
    }
}

// MARK: - Chance

extension SplitMix64 {
    mutating func sensor() -> SensorGeometry {
        let (width, height) = one(of: [
            (1280, 720), (640, 480), (320, 320), (2048, 2048), (40, 30), (33, 17), (64, 2048), (2047, 1), (1, 1),
        ])
        return SensorGeometry(width: width, height: height)!
    }

    /// Little room, so that a decoder stops everywhere; or more than a kernel ever waits for.
    mutating func capacities() -> EventColumns.Capacities {
        EventColumns.Capacities(
            events: one(of: [32, 33, 63, 64, 65, 95, 96, 97, 127, 128, 129, 200, 449, 600, 1000, 4096]),
            triggers: one(of: [1, 1, 2, 64]), counters: one(of: [1, 1, 2, 64]))
    }

    /// A stream in pieces, with something between some of them.
    mutating func items(_ bytes: [UInt8]) -> [StreamItem] {
        let most = one(of: [3, 40, 300, 1 << 14, 1 << 30])
        let interrupts = once(in: 3)
        var items: [StreamItem] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let length = once(in: 8) ? Int(next() % 8) : most < 1 << 20 ? 1 + Int(next() % UInt64(most)) : rest.count
            items.append(.bytes(Array(rest.prefix(length))))
            rest = rest.dropFirst(length)
            if interrupts, once(in: most == 3 ? 100 : 6) {
                items.append(one(of: [.resynchronise, .restart, .finish]))
            }
        }
        return items + [.finish]
    }
}
