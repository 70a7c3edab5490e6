import Platform
import Testing

@testable import Buffers

/// Fills a buffer of the queue with a number, or loses it, as a camera would.
private func produce(_ number: UInt8, _ length: Int = 1024, into queue: BufferQueue) {
    guard let buffer = queue.takeFree() else { return queue.lose(length) }
    buffer.memory.initializeMemory(as: UInt8.self, repeating: number)
    queue.push(buffer, length: length, time: .now)
}

private func contents(_ buffer: FilledBuffer) -> [UInt8] { [UInt8](buffer.bytes) }

/// Takes what waits, and gives each buffer back once it was looked at.
private func drain(_ queue: BufferQueue) -> [(number: UInt8, loss: Loss)] {
    var found: [(UInt8, Loss)] = []
    while let buffer = queue.nextIfAny() {
        found.append((contents(buffer)[0], buffer.lossBefore))
        queue.recordDelivery(buffer.range.count, buffers: 1)
        queue.giveBack(buffer.buffer)
    }
    return found
}

private func balance(_ account: Ledger.Account) -> Bool {
    account.produced
        == account.delivered + account.waiting + account.lostNewest + account.lostOldest + account.cleared
}

@Suite("A queue of buffers")
struct BufferQueueTests {
    @Test("Buffers come out in the order in which they went in")
    func order() throws {
        let queue = BufferQueue(bufferLength: 1024, capacity: 4, policy: .dropNewest)
        for number in 1...3 as ClosedRange<UInt8> { produce(number, into: queue) }
        #expect(queue.state.backlog == 3)
        #expect(drain(queue).map(\.number) == [1, 2, 3])
        #expect(queue.ledger.bytes.delivered == 3 * 1024)
    }

    @Test("A reader that keeps up works in one buffer")
    func lastInFirstOut() {
        let queue = BufferQueue(bufferLength: 1024, capacity: 4096, policy: .dropNewest)
        for _ in 0..<1000 {
            produce(1, into: queue)
            _ = drain(queue)
        }
        #expect(queue.buffersMade == 1)
    }

    @Test("Buffers that a reader's pause called for are given back, and none is lost on the way")
    func givenBack() {
        let queue = BufferQueue(bufferLength: 1024, capacity: 4096, policy: .dropNewest)
        for _ in 0..<300 { produce(1, into: queue) }
        #expect(queue.buffersMade == 300)
        #expect(drain(queue).count == 300)
        for _ in 0..<300 * 256 / 16 + 1000 {
            produce(2, into: queue)
            #expect(drain(queue).map(\.number) == [2])
        }
        #expect(queue.buffersMade < 4)
        #expect(queue.ledger.bytes.waiting == 0)
        #expect(queue.ledger.bytes.delivered == queue.ledger.bytes.produced)
    }

    @Test("A buffer without data is not delivered")
    func empty() {
        let queue = BufferQueue(bufferLength: 1024, capacity: 2, policy: .dropNewest)
        produce(1, 0, into: queue)
        #expect(queue.state.backlog == 0)
        #expect(queue.ledger.buffers.produced == 0)
    }

    @Test("When every buffer is full, what arrives is lost, and the next data says how much")
    func dropNewest() {
        let queue = BufferQueue(bufferLength: 1024, capacity: 2, policy: .dropNewest)
        for number in 1...5 as ClosedRange<UInt8> { produce(number, into: queue) }
        #expect(queue.state.isClutchEngaged)
        #expect(drain(queue).map(\.number) == [1, 2])
        produce(6, into: queue)
        #expect(!queue.state.isClutchEngaged)
        let found = drain(queue)
        #expect(found.map(\.number) == [6])
        #expect(found[0].loss == Loss(bytes: 3 * 1024, buffers: 3))
        #expect(queue.ledger.bytes.lostNewest == 3 * 1024)
        #expect(queue.ledger.overflows == 1)
        #expect(balance(queue.ledger.bytes) && balance(queue.ledger.buffers))
    }

    @Test("Or what has waited longest is lost, and what follows it says how much")
    func dropOldest() {
        let queue = BufferQueue(bufferLength: 1024, capacity: 2, policy: .dropOldest)
        for number in 1...5 as ClosedRange<UInt8> { produce(number, into: queue) }
        let found = drain(queue)
        #expect(found.map(\.number) == [4, 5])
        #expect(found.map(\.loss) == [Loss(bytes: 3 * 1024, buffers: 3), Loss()])
        #expect(queue.ledger.bytes.lostOldest == 3 * 1024)
        #expect(balance(queue.ledger.bytes) && balance(queue.ledger.buffers))
    }

    @Test("With every buffer in the reader's hands, the newest is lost whatever the policy")
    func allRead() throws {
        let queue = BufferQueue(bufferLength: 1024, capacity: 1, policy: .dropOldest)
        produce(1, into: queue)
        let held = try #require(queue.nextIfAny())
        produce(2, into: queue)
        #expect(queue.ledger.bytes.lostNewest == 1024)
        queue.recordDelivery(1024, buffers: 1)
        queue.giveBack(held.buffer)
        produce(3, into: queue)
        #expect(drain(queue).map(\.loss) == [Loss(bytes: 1024, buffers: 1)])
    }

    @Test("What is put back comes out first, and may still be lost")
    func putBack() throws {
        let queue = BufferQueue(bufferLength: 1024, capacity: 2, policy: .dropOldest)
        produce(1, into: queue)
        produce(2, into: queue)
        var rest = try #require(queue.nextIfAny())
        rest.range = 24..<1024
        queue.recordDelivery(24, buffers: 0)
        queue.putBack(rest)
        #expect(queue.state.backlog == 2)
        produce(3, into: queue)
        let found = drain(queue)
        #expect(found.map(\.number) == [2, 3])
        #expect(found[0].loss == Loss(bytes: 1000, buffers: 1))
        #expect(balance(queue.ledger.bytes) && balance(queue.ledger.buffers))
    }

    @Test("The start of a stream that is played again is announced, also when its first data was lost")
    func startsAnew() throws {
        let queue = BufferQueue(bufferLength: 1024, capacity: 1, policy: .dropNewest)
        produce(1, into: queue)
        queue.lose(1024, startsAnew: true)
        _ = drain(queue)
        produce(2, into: queue)
        #expect(try #require(queue.nextIfAny()).startsAnew)
    }

    enum Wait: String, CaseIterable {
        case poll
        case forever
        case withDeadline
    }

    @Test("Waiting ends as it should", arguments: Wait.allCases)
    func ends(_ wait: Wait) {
        let queue = BufferQueue(bufferLength: 1024, capacity: 2, policy: .dropNewest)
        func next() -> BufferQueue.End? {
            let deadline: MonotonicTime? =
                switch wait {
                case .poll: .now
                case .forever: nil
                case .withDeadline: .now.advanced(microseconds: 60_000_000)
                }
            do {
                queue.giveBack(try queue.next(until: deadline).buffer)
                return nil
            } catch { return error }
        }
        queue.interrupt()
        #expect(next() == .interrupted)
        produce(1, into: queue)
        queue.finish()
        #expect(next() == nil)
        #expect(next() == .finished)
        #expect(next() == .finished)
        queue.close()
        #expect(next() == .closed)
    }

    @Test("A wait without data times out, and not before its time")
    func timesOut() {
        let queue = BufferQueue(bufferLength: 1024, capacity: 2, policy: .dropNewest)
        let start = MonotonicTime.now
        #expect(throws: BufferQueue.End.timedOut) {
            _ = try queue.next(until: start.advanced(microseconds: 20_000))
        }
        #expect(MonotonicTime.now >= start.advanced(microseconds: 20_000))
    }

    @Test("The descriptor is readable exactly while there is something to get", arguments: [false, true])
    func descriptor(isAskedForFirst: Bool) throws {
        let queue = BufferQueue(bufferLength: 1024, capacity: 2, policy: .dropNewest)
        if isAskedForFirst { _ = try queue.descriptor() }
        #expect(try !isReadable(queue.descriptor()))
        produce(1, into: queue)
        produce(2, into: queue)
        #expect(try isReadable(queue.descriptor()))
        _ = drain(queue)
        #expect(try !isReadable(queue.descriptor()))
        queue.interrupt()
        #expect(try isReadable(queue.descriptor()))
        #expect(throws: BufferQueue.End.interrupted) { try queue.throwIfEnded() }
        #expect(try !isReadable(queue.descriptor()))
        queue.finish()
        #expect(try isReadable(queue.descriptor()))
    }

    @Test("One who fills and may not lose waits for the reader; closing wakes him")
    func fillerWaits() throws {
        let queue = BufferQueue(bufferLength: 1024, capacity: 2, policy: .wait)
        let filler = try Thread.start("filler") {
            var number: UInt8 = 0
            while let buffer = queue.takeFree() {
                buffer.memory.initializeMemory(as: UInt8.self, repeating: number)
                queue.push(buffer, length: 1024, time: .now)
                number &+= 1
            }
        }
        for expected in 0..<1000 {
            let buffer = try queue.next(until: nil)
            #expect(contents(buffer)[1023] == UInt8(truncatingIfNeeded: expected))
            queue.recordDelivery(1024, buffers: 1)
            queue.giveBack(buffer.buffer)
        }
        queue.close()
        filler.join()
        #expect(queue.ledger.bytes.lostNewest == 0)
        #expect(balance(queue.ledger.bytes))
    }

    @Test(
        "Nothing is lost silently when reader and camera run at once",
        arguments: [
            BufferQueue.Policy.dropNewest, .dropOldest,
        ])
    func atOnce(_ policy: BufferQueue.Policy) throws {
        let queue = BufferQueue(bufferLength: 1024, capacity: 4, policy: policy)
        let count = 20_000
        let camera = try Thread.start("camera") {
            for number in 0..<count { produce(UInt8(truncatingIfNeeded: number), 1 + number % 1024, into: queue) }
            queue.finish()
        }
        var delivered = 0
        var lost = Loss()
        var number = 0
        reading: while true {
            do {
                let buffer = try queue.next(until: nil)
                // The number of lost buffers tells which one this must be.
                number += Int(buffer.lossBefore.buffers)
                #expect(contents(buffer)[0] == UInt8(truncatingIfNeeded: number))
                #expect(buffer.range.count == 1 + number % 1024)
                number += 1
                lost += buffer.lossBefore
                delivered += buffer.range.count
                queue.recordDelivery(buffer.range.count, buffers: 1)
                queue.giveBack(buffer.buffer)
            } catch BufferQueue.End.finished { break reading }
        }
        camera.join()
        let bytes = queue.ledger.bytes
        #expect(bytes.produced == UInt64((0..<count).reduce(0) { $0 + 1 + $1 % 1024 }))
        #expect(bytes.delivered == UInt64(delivered))
        #expect(bytes.waiting == 0)
        #expect(balance(bytes) && balance(queue.ledger.buffers))
        #expect(bytes.lostNewest + bytes.lostOldest >= lost.bytes)
    }
}
