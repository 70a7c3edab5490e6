import EventFormats

/// Something that words may say besides plain events: each is where a fast decoder may go wrong.
struct RareThing {
    let name: String
    let append: (inout WordWriter) -> Void

    init(_ name: String, _ append: @escaping (inout WordWriter) -> Void) {
        self.name = name
        self.append = append
    }

    static func all(_ format: EventFormat, _ sensor: SensorGeometry) -> [RareThing] {
        common(format, sensor) + (format == .evt3 ? evt3(sensor) : fine(format, sensor))
    }

    private static func common(_ format: EventFormat, _ sensor: SensorGeometry) -> [RareThing] {
        let range = UInt64(1) << (format.timeBits - format.lowBits)
        let (right, bottom) = (sensor.width - 1, sensor.height - 1)
        var things = [
            RareThing("a trigger") { $0.appendTrigger(id: 3, rising: 1) },
            RareThing("two triggers") {
                $0.appendTrigger(id: 0, rising: 1)
                $0.appendTrigger(id: 0, rising: 0)
            },
            RareThing("a counter") { $0.appendOthers(0x14, continuations: format == .evt3 ? 3 : 1) },
            RareThing("a counter, too long") { $0.appendOthers(0x16, continuations: format == .evt3 ? 5 : 3) },
            RareThing("a counter, nothing continued") { $0.appendOthers(0x16, continuations: 0) },
            RareThing("a counter, partly continued") { $0.appendOthers(0x14, continuations: 1) },
            RareThing("a message that we don't read") { $0.appendOthers(0x01, continuations: 0) },
            RareThing("a message that we don't read, continued") { $0.appendOthers(0x01, continuations: 4) },
            RareThing("a continuation of nothing") { $0.appendContinuation() },
            RareThing("TIME_HIGH, the same") { $0.appendTimeHigh() },
            RareThing("TIME_HIGH, the same twice") {
                $0.appendTimeHigh()
                $0.appendTimeHigh()
            },
            RareThing("TIME_HIGH, the next") {
                $0.t += 1 << format.lowBits
                $0.appendTimeHigh()
            },
            RareThing("TIME_HIGH, far ahead") {
                $0.t += 77 << format.lowBits
                $0.appendTimeHigh()
            },
            RareThing("TIME_HIGH, a wrap") {
                $0.t = ($0.t >> format.timeBits + 1) << format.timeBits
                $0.append(format.timeHigh(range - 1))
                $0.append(format.timeHigh(0))
            },
            RareThing("TIME_HIGH, a step back") {
                $0.t -= min($0.t, 1 << format.lowBits)
                $0.appendTimeHigh()
            },
            RareThing("TIME_HIGH, there and back") {
                $0.t += 1 << format.lowBits
                $0.appendTimeHigh()
                $0.t -= 1 << format.lowBits
                $0.appendTimeHigh()
            },
            RareThing("the low time goes back") {
                $0.t &-= $0.t & 0x1F
                $0.appendTimeLow()
                $0.appendEvent(x: 0, on: 1)
            },
            RareThing("the last pixel") {
                $0.appendRow(bottom)
                $0.appendEvent(x: right, on: 1)
            },
        ]
        for bit in [0, 5, 10, 11, 12, 27] as [UInt64] where bit + format.lowBits < format.timeBits {
            things.append(
                RareThing("TIME_HIGH, its bit \(bit) changed") {
                    $0.t ^= 1 << (bit + format.lowBits)
                    $0.appendTimeHigh()
                })
        }
        if right < 2047 {
            things += [
                RareThing("a column outside") { $0.appendEvent(x: right + 1, on: 1) },
                RareThing("the last column there is") { $0.appendEvent(x: 2047, on: 0) },
                RareThing("two columns outside") {
                    $0.appendEvent(x: right + 1, on: 1)
                    $0.appendEvent(x: 0, on: 1)
                    $0.appendEvent(x: 2047, on: 1)
                },
                RareThing("a vector beyond the right edge") { $0.appendVector(x: right + 1, on: 1, mask: 0x8001_8001) },
                RareThing("an empty vector beyond the right edge") { $0.appendVector(x: 2047, on: 1, mask: 0) },
            ]
        }
        if bottom < 2047 {
            things += [
                RareThing("a row outside") {
                    $0.appendRow(bottom + 1)
                    $0.appendEvent(x: 0, on: 1)
                },
                RareThing("a row outside for a while") {
                    $0.appendRow(2047)
                    for x in 0..<20 as Range<UInt16> { $0.appendEvent(x: x, on: 0) }
                    $0.appendVector(x: 0, on: 1, mask: 0xFFFF_FFFF)
                    $0.appendRow(0)
                },
            ]
        }
        for reach in [1, 8, 12, 13, 24, 25, 31, 32] as [UInt16] where reach <= sensor.width {
            things.append(
                RareThing("a vector, \(reach) pixels on the sensor") {
                    $0.appendVector(x: sensor.width - reach, on: 1, mask: 0xFFFF_FFFF)
                })
            things.append(
                RareThing("a vector with none of its pixels beyond \(reach)") {
                    $0.appendVector(x: sensor.width - reach, on: 0, mask: UInt32.max >> (32 - UInt32(reach)))
                })
        }
        for kind in format.kinds.unknown {
            things.append(RareThing("kind \(kind)") { $0.append(format.word(kind, 0x1234_5678_9ABC_DEF0)) })
        }
        return things
    }

    private static func evt3(_ sensor: SensorGeometry) -> [RareThing] {
        func words(_ name: String, _ words: [UInt64]) -> RareThing { RareThing(name) { $0.append(words) } }
        let edge = max(UInt64(sensor.width), 40)
        return [
            words("a base", [0x3005]),
            words("two bases", [0x3805, 0x3010]),
            words("a base and an event", [0x3005, 0x2801]),
            words("VECT_12", [0x4FFF]),
            words("VECT_8", [0x50FF]),
            words("VECT_8 with upper bits", [0x5F81]),
            words("VECT_8, VECT_12", [0x50F1, 0x4801]),
            words("VECT_12, VECT_8", [0x4801, 0x50F1]),
            words("VECT_12, VECT_12, VECT_12", [0x4801, 0x4FFF, 0x4001]),
            words("a base and VECT_12, VECT_12, VECT_12", [0x3800, 0x4801, 0x4FFF, 0x4001]),
            words("12, 12, 8 without a base", [0x4801, 0x4421, 0x5081]),
            words("12, 12, 8 twice", [0x3003, 0x4801, 0x4421, 0x5081, 0x4FFF, 0x4FFF, 0x50FF]),
            words("12, 12, 8 interrupted by a row", [0x3003, 0x4801, 0x0002, 0x4421, 0x5081]),
            words("12, 12, 8 interrupted by a time", [0x3003, 0x4801, 0x4421, 0x6FFF, 0x5081]),
            words("12, 12, 8 interrupted by a trigger", [0x3003, 0x4801, 0xA001, 0x4421, 0x5081]),
            words("an empty vector", [0x3003, 0x4000, 0x4000, 0x5000]),
            words("a long run of VECT_12", [0x3003] + [UInt64](repeating: 0x4A5A, count: 40)),
            words("VECT_8 until beyond the sensor", [0x3800 | edge - 40] + [UInt64](repeating: 0x50FF, count: 9)),
            words("VECT_12 until far beyond the sensor", [0x37F0] + [UInt64](repeating: 0x4001, count: 70)),
            words("a row with its upper bit", [0x0803, 0x2001]),
            words("TIME_LOW, three times", [0x6001, 0x6000, 0x6FFF]),
            words("a continuation of four bits, then of twelve", [0x7001, 0xF001]),
            words("a counter that ends too early", [0xE014, 0xF001, 0x7001]),
            words("a counter that ends too late", [0xE014, 0xF001, 0xF002, 0xF003, 0x7001]),
            words("a counter and an event within", [0xE014, 0xF001, 0x2001, 0xF002, 0x7001]),
        ]
    }

    private static func fine(_ format: EventFormat, _ sensor: SensorGeometry) -> [RareThing] {
        func word(_ name: String, _ kind: UInt64, _ payload: UInt64) -> RareThing {
            RareThing(name) { $0.append(format.word(kind, payload)) }
        }
        switch format {
        case .evt2:
            return [
                word("a message of the IMU", 0xD, 0x012_3456),
                RareThing("a message of the IMU, continued") {
                    $0.append(format.word(0xD, 0x012_3456))
                    $0.appendContinuation()
                    $0.appendContinuation()
                },
            ]
        case .evt21, .evt21Legacy:
            return [
                RareThing("empty vectors") {
                    $0.appendVector(x: 0, on: 1, mask: 0)
                    $0.appendVector(x: 2047, on: 1, mask: 0)
                }
            ]
        case .evt4:
            let masks: [UInt32] = [0, .max, 0xE000_0001, 0xF000_0000, 0x9000_0001, 0x6000_0014, 0xC000_0000]
            return masks.map { mask in
                RareThing("a mask of \(mask)") { $0.appendVector(x: 0, on: 1, mask: mask) }
            } + [
                word("padding", 0xF, .max),
                word("padding that is none", 0xF, 0x0FFF_FFFE),
                RareThing("much padding") { $0.append([UInt64](repeating: 0xFFFF_FFFF, count: 40)) },
                RareThing("a counter and padding within") {
                    $0.appendOthers(0x14, continuations: 0)
                    $0.append(0xFFFF_FFFF)
                    $0.appendContinuation()
                },
                RareThing("a message that we don't read and padding within") {
                    $0.appendOthers(0x01, continuations: 1)
                    $0.append(0xFFFF_FFFF)
                    $0.append(0xFFFF_FFFF)
                    $0.appendContinuation()
                },
                // Takes the next word, whatever it is.
                word("a vector without its mask", 0xC, 0x0000_0800),
            ]
        case .evt3:
            return []
        }
    }
}
