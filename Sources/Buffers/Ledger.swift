/// What became of every byte and every buffer. Nothing is lost silently:
/// `produced = delivered + waiting + lostNewest + lostOldest + cleared`, at every moment.
package struct Ledger: Sendable {
    package struct Account: Sendable {
        package fileprivate(set) var produced: UInt64 = 0
        package fileprivate(set) var delivered: UInt64 = 0
        package fileprivate(set) var waiting: UInt64 = 0
        package fileprivate(set) var lostNewest: UInt64 = 0
        package fileprivate(set) var lostOldest: UInt64 = 0
        package fileprivate(set) var cleared: UInt64 = 0
    }

    package private(set) var bytes = Account()
    package private(set) var buffers = Account()
    /// How many gaps the stream has for want of a buffer, each however long.
    package private(set) var overflows: UInt64 = 0

    /// A filled buffer arrived and waits.
    mutating func arrived(_ length: Int) {
        bytes.produced &+= UInt64(length)
        bytes.waiting &+= UInt64(length)
        buffers.produced &+= 1
        buffers.waiting &+= 1
    }

    /// Data arrived and had no buffer.
    mutating func lostNewest(_ length: Int) {
        bytes.produced &+= UInt64(length)
        bytes.lostNewest &+= UInt64(length)
        buffers.produced &+= 1
        buffers.lostNewest &+= 1
    }

    /// A waiting buffer, or what was left of it, gave way to new data.
    mutating func lostOldest(_ length: Int) {
        bytes.waiting &-= UInt64(length)
        bytes.lostOldest &+= UInt64(length)
        buffers.waiting &-= 1
        buffers.lostOldest &+= 1
    }

    mutating func cleared(_ length: Int) {
        bytes.waiting &-= UInt64(length)
        bytes.cleared &+= UInt64(length)
        buffers.waiting &-= 1
        buffers.cleared &+= 1
    }

    /// The reader used bytes; `buffers` of them were used up.
    mutating func delivered(_ length: Int, buffers count: UInt64) {
        bytes.waiting &-= UInt64(length)
        bytes.delivered &+= UInt64(length)
        buffers.waiting &-= count
        buffers.delivered &+= count
    }

    mutating func overflowBegan() { overflows &+= 1 }

    /// Two gaps became one, since what lay between them was lost too.
    mutating func overflowsJoined() { overflows &-= 1 }
}
