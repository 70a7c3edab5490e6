/// What a kernel works on: where it reads, and where it writes.
///
/// A kernel takes words until one comes that it leaves to the decoder, until they end, or until there is little room. Past the events that
/// count it may write up to `slack` more, within the room there is.
@unsafe package struct EventRun {
    /// Events past `count` that a kernel may need room for, whatever its next step is.
    package static let slack = 64
    /// Events for which there is room as long as any step of a kernel can be taken.
    package static let roomy = 512

    /// The next word; not aligned.
    package var next: UnsafeRawPointer
    /// Words that are left.
    package var left: Int

    package let t: UnsafeMutablePointer<UInt64>
    package let x: UnsafeMutablePointer<UInt16>
    package let y: UnsafeMutablePointer<UInt16>
    package let on: UnsafeMutablePointer<UInt8>
    /// Events so far, and the most there may be.
    package var count: Int
    package let capacity: Int

    package let triggerT: UnsafeMutablePointer<UInt64>
    package let triggerID: UnsafeMutablePointer<UInt8>
    package let triggerRising: UnsafeMutablePointer<UInt8>
    package var triggerCount: Int
    package let triggerCapacity: Int

    package let width: UInt16
    package let height: UInt16
    /// Whether events outside the sensor are just counted. Otherwise the word with the first one is the decoder's, which notes where it
    /// was.
    package let countsOutside: Bool
    package var outside = 0
    /// Likewise other defects.
    package let counts: RareWords
    package var rare = RareWordCounts()
    /// Whether the last rows may be left, if there is much room now.
    package let mayEndEarly: Bool

    var isRoomy: Bool { unsafe count &+ Self.roomy <= capacity }

    package init(
        next: UnsafeRawPointer, left: Int, t: UnsafeMutablePointer<UInt64>, x: UnsafeMutablePointer<UInt16>,
        y: UnsafeMutablePointer<UInt16>, on: UnsafeMutablePointer<UInt8>, count: Int, capacity: Int,
        triggerT: UnsafeMutablePointer<UInt64>, triggerID: UnsafeMutablePointer<UInt8>,
        triggerRising: UnsafeMutablePointer<UInt8>, triggerCount: Int, triggerCapacity: Int, width: UInt16,
        height: UInt16, countsOutside: Bool, counts: RareWords, mayEndEarly: Bool
    ) {
        unsafe self.next = next
        unsafe self.left = left
        unsafe self.t = t
        unsafe self.x = x
        unsafe self.y = y
        unsafe self.on = on
        unsafe self.count = count
        unsafe self.capacity = capacity
        unsafe self.triggerT = triggerT
        unsafe self.triggerID = triggerID
        unsafe self.triggerRising = triggerRising
        unsafe self.triggerCount = triggerCount
        unsafe self.triggerCapacity = triggerCapacity
        unsafe self.width = width
        unsafe self.height = height
        unsafe self.countsOutside = countsOutside
        unsafe self.counts = counts
        unsafe self.mayEndEarly = mayEndEarly
    }
}

/// Words that are no good, or of no interest: which kinds of them a kernel just counts, since the first was noted.
package struct RareWords: OptionSet, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let unknown = RareWords(rawValue: 1)
    package static let strayContinuations = RareWords(rawValue: 2)
    package static let ignoredMessages = RareWords(rawValue: 4)
    package static let stepsBack = RareWords(rawValue: 8)
    package static let eventsBeforeTime = RareWords(rawValue: 16)
}

/// How many of them there were.
package struct RareWordCounts {
    package var unknown = 0
    package var strayContinuations = 0
    package var ignoredMessages = 0
    package var stepsBack = 0
    package var eventsBeforeTime = 0
}
