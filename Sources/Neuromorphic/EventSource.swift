import Buffers
import Platform

/// Where bytes come from when not from a camera: a recording or a simulation.
protocol EventSource: AnyObject, Sendable {
    /// Fills a buffer with the stream's next bytes. Always called from the same thread.
    func fill(_ buffer: UnsafeMutableRawBufferPointer) throws(NeuromorphicError) -> Filling
    /// The stream's next bytes, at most `length`, where they are in memory already; nil where `fill` is to be called.
    func lend(_ length: Int) throws(NeuromorphicError) -> Lending?
}

extension EventSource {
    func lend(_ length: Int) throws(NeuromorphicError) -> Lending? { nil }
}

/// A part of a source's own memory, which stays as it is while the source lives.
struct Lending {
    let buffer: TransferBuffer
    /// Not empty.
    let range: Range<Int>
    /// The data is the start of a stream that is played again.
    let startsAnew: Bool
}

/// What a source put into a buffer.
struct Filling {
    /// Bytes; 0 at the end of the stream, and for a span of time in which nothing was sent.
    var length = 0
    /// Microseconds of the sensor's time since the stream's start, at the end of the data.
    var elapsed: UInt64 = 0
    /// The data is the start of a stream that is played again.
    var startsAnew = false
    /// There is no more.
    var isLast = false
}

/// A source that the reader itself asks for more: it costs no thread, loses nothing, and makes the same packets each time.
final class PullSource {
    private let source: any EventSource
    private var isOver = false

    init(_ source: any EventSource) { self.source = source }

    /// Puts one more buffer into an empty queue, or says that there is none.
    func refill(_ queue: BufferQueue) throws(NeuromorphicError) {
        guard !isOver, queue.state.backlog == 0 else { return }
        if let lent = try source.lend(queue.bufferLength) {
            return queue.lend(lent.buffer, lent.range, time: .now, startsAnew: lent.startsAnew)
        }
        guard let buffer = queue.takeFree() else { return }
        do throws(NeuromorphicError) {
            let filling = try unsafe source.fill(buffer.memory)
            queue.push(buffer, length: filling.length, time: .now, startsAnew: filling.startsAnew)
            isOver = filling.isLast
            if isOver { queue.finish() }
        } catch {
            queue.giveBack(buffer)
            throw error
        }
    }
}
