/// What holds for the vectors that come next, and the words between vectors that say it.
struct EVT3VectorStart {
    var row: UInt16
    /// Column of the next vector's first pixel.
    var base: Int
    var on: UInt8
    var t: UInt64
    private let start: UInt64
    private let timeHigh: UInt16

    @inline(__always)
    init(_ state: EVT3State) {
        row = state.row ?? 0
        base = state.base
        on = state.vectorOn
        start = state.start
        timeHigh = state.timeHigh
        t = start &+ UInt64(state.low)
    }

    /// Takes words as a camera mostly sends them between vectors: a TIME_HIGH that says nothing new and a TIME_LOW, if there are any, a row
    /// and a base.
    ///
    /// - Parameter four: the next words, the first one lowest; zeros where there is none.
    /// - Returns: how many they were, 0 where it's others.
    @inline(__always)
    mutating func takeUsual(_ four: UInt64) -> Int {
        var four = four
        var taken = 2
        if UInt16(truncatingIfNeeded: four) == 0x8000 | timeHigh {
            four &>>= 16
            taken = 3
        }
        var newT = t
        if four & 0xF000 == 0x6000 {
            newT = start &+ (four & 0x0FFF)
            four &>>= 16
            taken &+= 1
        }
        guard four & 0xF000_F000 == 0x3000_0000 else { return 0 }
        t = newT
        row = UInt16(truncatingIfNeeded: four) & 0x07FF
        base = Int(four &>> 16 & 0x07FF)
        on = UInt8(truncatingIfNeeded: four &>> 27 & 1)
        return taken
    }

    /// Takes up to four words.
    ///
    /// As they mostly come, they are asked for by few branches. A table of jumps isn't foreseen as well.
    ///
    /// - Parameters:
    ///   - four: the next words, the first one lowest; zeros where there is none.
    ///   - most: how many there are, if fewer than four.
    /// - Returns: how many were rows, bases, TIME_LOWs and TIME_HIGHs that say nothing new.
    @inline(__always)
    mutating func take(_ four: UInt64, _ most: Int) -> Int {
        var taken = takeUsual(four)
        guard taken == 0 else { return taken }
        var four = four
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
