/// Turns a camera's bytes into columns.
///
/// Decoders are total: any bytes decode, whatever is unusable in them is skipped and counted, and none of them traps.
/// The result does not depend on where the stream is cut. A decoder is used by one thread at a time.
package protocol EventDecoder: AnyObject {
    /// Decodes until the bytes end or a column has too little room, and says how many bytes it used.
    ///
    /// - Parameters:
    ///   - bytes: the stream's next bytes, any number; an unfinished word at their end is kept for the next call.
    ///   - columns: appended to. With room for `EventColumns.mostEventsPerWord` events, a trigger and a counter, at least
    ///     one word is decoded.
    func decode(_ bytes: RawSpan, into columns: inout EventColumns) -> Int

    /// Bytes are missing before the next ones. What is unfinished is dropped, and nothing is emitted until the stream has
    /// told its time (and, in EVT3, its row) again; the wraps of its clock so far are kept.
    func resynchronise()

    /// The stream starts anew, with times that go on from where they are.
    func restart()

    /// The stream is over: counts what is unfinished.
    func finish()

    /// Microseconds of the sensor's clock: the latest time word's or event's; 0 before the first.
    var currentT: UInt64 { get }

    var defects: StreamDefects { get }
}

/// One format's state and the meaning of its words: what is different between formats, and nothing else.
package protocol WordDecoder {
    associatedtype Word: FixedWidthInteger & UnsignedInteger & BitwiseCopyable

    /// Takes one word. The columns have room for the most that a word can give.
    mutating func take(_ word: Word, at offset: UInt64, into columns: inout EventColumns)

    /// Takes as many words as a kernel can, none where the next is one that only `take` understands.
    ///
    /// - Parameters:
    ///   - kernel: not `.plain`.
    ///   - words: whole words, at least one, not aligned.
    /// - Returns: how many it took.
    mutating func takeRun(
        _ words: UnsafeRawBufferPointer, with kernel: Kernel, into columns: inout EventColumns
    ) -> Int

    /// The stream ends here, for good or for a while: counts what is unfinished.
    mutating func finish()

    /// Forgets all that a loss makes doubtful.
    mutating func resynchronise()

    /// The stream starts anew, with times that go on from where they are.
    mutating func restart()

    var currentT: UInt64 { get }
    var defects: StreamDefects { get set }
}

/// Cuts a stream into the words of a format, wherever the stream itself is cut.
package final class FramedDecoder<Words: WordDecoder>: EventDecoder {
    private var words: Words
    private let kernel: Kernel
    /// The first bytes of a word that a cut left unfinished, lowest byte first.
    private var partial: Words.Word = 0
    private var partialLength = 0
    /// Bytes of the stream before those that `decode` was given.
    private var offset: UInt64 = 0

    package init(_ words: Words, _ kernel: Kernel) {
        self.words = words
        self.kernel = kernel
    }

    package var currentT: UInt64 { words.currentT }
    package var defects: StreamDefects { words.defects }

    package func decode(_ bytes: RawSpan, into columns: inout EventColumns) -> Int {
        let wordLength = MemoryLayout<Words.Word>.size
        var used = 0
        if partialLength > 0 {
            guard columns.hasRoomForAWord else { return 0 }
            while partialLength < wordLength, used < bytes.byteCount {
                keep(bytes, at: used)
                used &+= 1
            }
            guard partialLength == wordLength else { return advance(by: used) }
            let word = partial.littleEndian
            unsafe withUnsafeBytes(of: word) { bytes in
                _ = unsafe decodeWords(
                    of: RawSpan(_unsafeBytes: bytes), from: 0, at: offset &+ UInt64(used) &- UInt64(wordLength),
                    into: &columns)
            }
            partial = 0
            partialLength = 0
        }
        used = decodeWords(of: bytes, from: used, at: offset, into: &columns)
        guard bytes.byteCount &- used < wordLength else { return advance(by: used) }
        while used < bytes.byteCount {
            keep(bytes, at: used)
            used &+= 1
        }
        return advance(by: used)
    }

    /// Decodes whole words until there are none or too little room, and says where it stopped.
    ///
    /// - Parameter offset: of the first of the bytes in the stream.
    private func decodeWords(
        of bytes: RawSpan, from start: Int, at offset: UInt64, into columns: inout EventColumns
    ) -> Int {
        let wordLength = MemoryLayout<Words.Word>.size
        var used = start
        // Words to take one by one before a kernel tries again. It isn't worth the call where words come thick that it leaves.
        var wait = kernel == .plain ? Int.max : 0
        while bytes.byteCount &- used >= wordLength {
            if wait == 0 {
                let mayEnd = columns.mayEndEarly && columns.isRoomy
                let taken = unsafe bytes.withUnsafeBytes { all in
                    let rest = (all.count &- used) / wordLength &* wordLength
                    return unsafe words.takeRun(
                        UnsafeRawBufferPointer(rebasing: all[used..<used &+ rest]), with: kernel, into: &columns)
                }
                used &+= taken &* wordLength
                wait = taken < 8 ? 16 : 1
                if bytes.byteCount &- used < wordLength { break }
                if mayEnd, !columns.isRoomy { break }
            }
            guard columns.hasRoomForAWord else { break }
            // Within the span: the loop's condition has just said so.
            let word = unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: used, as: Words.Word.self)
            words.take(Words.Word(littleEndian: word), at: offset &+ UInt64(used), into: &columns)
            used &+= wordLength
            wait &-= 1
        }
        return used
    }

    package func resynchronise() {
        words.resynchronise()
        dropPartialWord()
    }

    package func restart() {
        words.restart()
        dropPartialWord()
    }

    package func finish() {
        words.finish()
        dropPartialWord()
    }

    private func keep(_ bytes: RawSpan, at index: Int) {
        let byte = unsafe bytes.unsafeLoad(fromUncheckedByteOffset: index, as: UInt8.self)
        partial |= Words.Word(byte) << (partialLength &* 8)
        partialLength &+= 1
    }

    private func dropPartialWord() {
        if partialLength > 0 {
            words.defects.count(.truncatedByte, partialLength, at: offset &- UInt64(partialLength))
        }
        partial = 0
        partialLength = 0
    }

    private func advance(by used: Int) -> Int {
        offset &+= UInt64(used)
        return used
    }
}

extension WordDecoder {
    package mutating func takeRun(
        _ words: UnsafeRawBufferPointer, with kernel: Kernel, into columns: inout EventColumns
    ) -> Int { 0 }
}
