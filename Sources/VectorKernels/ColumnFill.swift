#if arch(x86_64)
    import _Builtin_intrinsics.intel

    /// The columns other than x, while their values stay the same.
    ///
    /// But for the first, stores are where multiples of their length are. Along with each eight vectors goes a fixed number of them,
    /// and another at the end: what is written past the last event is written again, or does not count.
    @unsafe struct ColumnFill {
        /// Rows past the events that it may write.
        static var slack: Int { 256 }

        private let tColumn: UnsafeMutablePointer<UInt64>
        private let yColumn: UnsafeMutablePointer<UInt16>
        private let onColumn: UnsafeMutablePointer<UInt8>
        private var t: __m512i
        private var y: __m512i
        private var on: __m512i
        /// Up to here times are written; the other columns at least as far, up to the next multiple of their stores.
        private var place: Int

        @inline(__always)
        init(_ run: borrowing EventRun) {
            unsafe tColumn = run.t
            unsafe yColumn = run.y
            unsafe onColumn = run.on
            unsafe t = _mm512_setzero_si512()
            unsafe y = _mm512_setzero_si512()
            unsafe on = _mm512_setzero_si512()
            unsafe place = 0
        }

        /// Other values from here on.
        @inline(__always)
        mutating func begin(at count: Int, t time: UInt64, y row: UInt16, on polarity: UInt8) {
            unsafe t = splatWide(time)
            unsafe y = _mm512_set1_epi16(Int16(bitPattern: row))
            unsafe on = _mm512_set1_epi8(Int8(bitPattern: polarity))
            unsafe _mm512_storeu_si512(tColumn + count, t)
            unsafe _mm512_storeu_si512(yColumn + count, y)
            unsafe _mm512_storeu_si512(onColumn + count, on)
            unsafe place = (count &+ 7) & ~7
        }

        var time: UInt64 { @inline(__always) get { unsafe unsafeBitCast(t, to: SIMD8<UInt64>.self)[0] } }
        var row: UInt16 { @inline(__always) get { unsafe unsafeBitCast(y, to: SIMD32<UInt16>.self)[0] } }
        var polarity: UInt8 { @inline(__always) get { unsafe unsafeBitCast(on, to: SIMD64<UInt8>.self)[0] } }

        private var yPlace: Int { unsafe (place &+ 31) & ~31 }
        private var onPlace: Int { unsafe (place &+ 63) & ~63 }

        /// Eight vectors' share: 192 rows, as many as they have when three of four pixels are set.
        @unsafe struct Share {
            let t: UnsafeMutablePointer<UInt64>
            let y: UnsafeMutablePointer<UInt16>
            let on: UnsafeMutablePointer<UInt8>
            let fill: ColumnFill

            /// One of eight parts of it.
            @inline(__always)
            func write(_ index: Int) {
                unsafe _mm512_storeu_si512(t + 24 &* index, fill.t)
                unsafe _mm512_storeu_si512(t + (24 &* index &+ 8), fill.t)
                unsafe _mm512_storeu_si512(t + (24 &* index &+ 16), fill.t)
                if index < 6 { unsafe _mm512_storeu_si512(y + 32 &* index, fill.y) }
                if index < 3 { unsafe _mm512_storeu_si512(on + 64 &* index, fill.on) }
            }
        }

        var share: Share {
            @inline(__always) get {
                unsafe Share(t: tColumn + place, y: yColumn + yPlace, on: onColumn + onPlace, fill: self)
            }
        }

        /// A share is written. What is past the last event is written again.
        @inline(__always)
        mutating func move(to count: Int) { unsafe place = max(place, min(place &+ 192, count & ~7)) }

        /// The last event with these values has come. As seldom as a loop goes round twice, it is foreseen.
        @inline(__always)
        mutating func finish(at count: Int) {
            var next = unsafe yPlace
            repeat {
                for row in 0..<3 { unsafe _mm512_storeu_si512(yColumn + (next &+ 32 &* row), y) }
                next &+= 96
            } while next < count
            next = unsafe onPlace
            repeat {
                for row in 0..<2 { unsafe _mm512_storeu_si512(onColumn + (next &+ 64 &* row), on) }
                next &+= 128
            } while next < count
            repeat {
                for row in 0..<8 { unsafe _mm512_storeu_si512(tColumn + (place &+ 8 &* row), t) }
                unsafe place &+= 64
            } while unsafe place < count
        }
    }
#endif
