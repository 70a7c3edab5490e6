#if arch(x86_64)
    import CPlatform
    import _Builtin_intrinsics.intel

    /// Blocks of 16 words of EVT2.1 with many pixels, four at a time: the pixels of all are listed, and then written. A list that is read
    /// at once waits for the stores that made it.
    @unsafe struct EVT21Queue {
        private let first: UnsafeMutableRawPointer

        /// Gives it memory on the stack: for each block a part of its own, which tells where the next one is.
        @inline(__always)
        static func with(_ body: (EVT21Queue) -> Void) {
            unsafe withPart { first in
                unsafe withPart { second in
                    unsafe withPart { third in
                        unsafe withPart { fourth in
                            unsafe nextOf(first).storeBytes(of: second, as: UnsafeMutableRawPointer.self)
                            unsafe nextOf(second).storeBytes(of: third, as: UnsafeMutableRawPointer.self)
                            unsafe nextOf(third).storeBytes(of: fourth, as: UnsafeMutableRawPointer.self)
                            unsafe nextOf(fourth).storeBytes(of: first, as: UnsafeMutableRawPointer.self)
                            unsafe body(EVT21Queue(first: first))
                        }
                    }
                }
            }
        }

        /// A list for other blocks, as long as the queue isn't used.
        @inline(__always)
        var list: PixelList { unsafe Self.listOf(first) }

        /// Decodes up to a block that has anything but pixels on the sensor, or as long as four blocks have many of those.
        @inline(never)
        func decode(_ run: inout EventRun, _ state: inout FineState, upperFirst: Bool) {
            let halves = Halves(upperFirst)
            let columns = unsafe FineColumns(run)
            let limit = unsafe run.capacity &- EventRun.slack
            // Where the sensor is narrower than a vector, blocks aren't told to be on it.
            let narrow: UInt16 = unsafe run.width < 32 ? .max : 0
            let base = state.base
            var pointer = unsafe run.next
            var left = unsafe run.left
            var count = unsafe run.count
            var (blocks, listed) = (0, 0)
            repeat {
                (blocks, listed) = (0, 0)
                var part = unsafe first
                while blocks < 4, left >= 16 {
                    unsafe platform_prefetch(pointer + 6144)
                    unsafe platform_prefetch(pointer + 6208)
                    let (uppers, masks, _) = unsafe halves.read(pointer, left)
                    let places = placesOf(uppers)
                    let far = unsafe _mm512_subs_epu16(places, columns.lastVector)
                    let hard = FineLanes(uppers, beyond: 0, .evt21).hard | _mm512_test_epi32_mask(far, far)
                    guard hard | narrow == 0 else { break }
                    let counts = unsafe Self.listOf(part).fill(masks)
                    guard count &+ listed &+ counts.count <= limit else { break }
                    unsafe Self.countsOf(part).storeBytes(of: counts, as: PixelList.Counts.self)
                    unsafe HalfWords(uppers, places, lowsOf(uppers)).save(to: Self.wordsOf(part))
                    unsafe part = Self.nextOf(part).load(as: UnsafeMutableRawPointer.self)
                    listed &+= counts.count
                    blocks &+= 1
                    unsafe pointer += 128
                    left &-= 16
                }
                unsafe part = first
                for _ in 0..<blocks {
                    let counts = unsafe Self.countsOf(part).load(as: PixelList.Counts.self)
                    let words = unsafe HalfWords(savedAt: Self.wordsOf(part))
                    unsafe columns.store(Self.listOf(part), counts, of: words, base: base, at: count)
                    unsafe part = Self.nextOf(part).load(as: UnsafeMutableRawPointer.self)
                    count &+= counts.count
                }
            } while blocks == 4 && listed >= 96
            if unsafe left < run.left {
                state.current = base &+ low(of: unsafe half(pointer - 8, 0, upperFirst ? 0 : 4))
                state.isInMessage = false
            }
            unsafe run.next = pointer
            unsafe run.left = left
            unsafe run.count = count
        }

        // ---- A part: how long its list is, where that and the next part are, and what the words tell ----

        private static var partLength: Int { 64 &+ HalfWords.length }

        @inline(__always)
        private static func withPart(_ body: (UnsafeMutableRawPointer) -> Void) {
            unsafe withScratch(partLength &+ PixelList.length) { memory in
                // Where a page begins, the list is what comes after that, or long before.
                let isListLast = unsafe bytesToNextPage(memory) <= partLength &+ 64
                let part = unsafe isListLast ? memory : memory + PixelList.length
                let list = unsafe isListLast ? memory + partLength : memory
                unsafe (part + 16).storeBytes(of: list, as: UnsafeMutableRawPointer.self)
                unsafe body(part)
            }
        }

        @inline(__always)
        private static func countsOf(_ part: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer { unsafe part }

        @inline(__always)
        private static func listOf(_ part: UnsafeMutableRawPointer) -> PixelList {
            unsafe PixelList((part + 16).load(as: UnsafeMutableRawPointer.self))
        }

        @inline(__always)
        private static func nextOf(_ part: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer { unsafe part + 24 }

        @inline(__always)
        private static func wordsOf(_ part: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer { unsafe part + 64 }
    }
#endif
