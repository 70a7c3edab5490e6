/// What holds for the vectors that come next, and the words between vectors that say it.
struct EVT3VectorStart {
    var row: UInt16
    /// Column of the next vector's first pixel.
    var base: Int
    var on: UInt8
    var t: UInt64
    let start: UInt64
    let timeHigh: UInt16

    @inline(__always)
    init(_ state: EVT3State) {
        row = state.row ?? 0
        base = state.base
        on = state.vectorOn
        start = state.start
        timeHigh = state.timeHigh
        t = start &+ UInt64(state.low)
    }

    /// Takes up to four words.
    ///
    /// As they mostly come, they are asked for by two branches. A table of jumps isn't foreseen as well.
    ///
    /// - Parameters:
    ///   - four: the next words, the first one lowest; zeros where there is none.
    ///   - most: how many there are, if fewer than four.
    /// - Returns: how many were rows, bases, TIME_LOWs and TIME_HIGHs that say nothing new.
    @inline(__always)
    mutating func take(_ four: UInt64, _ most: Int) -> Int {
        var four = four
        var taken = 0
        if four & 0xF000 == 0x6000 {
            t = start &+ (four & 0x0FFF)
            four &>>= 16
            taken = 1
        }
        if four & 0xF000_F000 == 0x3000_0000 {
            row = UInt16(truncatingIfNeeded: four) & 0x07FF
            base = Int(four &>> 16 & 0x07FF)
            on = UInt8(truncatingIfNeeded: four &>> 27 & 1)
            return taken &+ 2
        }
        while taken < most {
            let word = UInt16(truncatingIfNeeded: four)
            let kind = word &>> 12
            if kind == 0 {
                row = word & 0x07FF
            } else if kind == 3 {
                on = UInt8(truncatingIfNeeded: word &>> 11 & 1)
                base = Int(word & 0x07FF)
            } else if kind == 6 {
                t = start &+ UInt64(word & 0x0FFF)
            } else if word != 0x8000 | timeHigh {
                break
            }
            four &>>= 16
            taken &+= 1
        }
        return taken
    }

    @inline(__always)
    func store(to state: inout EVT3State) {
        state.base = base
        state.row = row
        state.low = UInt16(truncatingIfNeeded: t &- start)
        state.vectorOn = on
        state.isInMessage = false
    }
}
