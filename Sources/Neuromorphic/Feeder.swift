import Buffers
import Platform
import Sentences

/// Fills a device's queue until it is stopped: a source that is played, or a live camera.
protocol Filler: AnyObject, Sendable {
    /// Why the data ended, if not because it was over.
    var failure: NeuromorphicError? { get }
    /// Ends the filling. The queue is to be closed before.
    func stop()
}

/// Plays a source into a queue, on a thread of its own, at the pace of the sensor's time.
@safe final class Feeder: Filler, @unchecked Sendable {
    private let source: any EventSource
    private let queue: BufferQueue
    private let speed: Speed
    /// What arrives while there is no buffer goes here, and is lost.
    private let scratch: UnsafeMutableRawBufferPointer
    private let failed = Mutex<NeuromorphicError?>(nil)
    private let thread = Mutex<Thread?>(nil)

    init(_ source: any EventSource, into queue: BufferQueue, speed: Speed, bufferLength: Int) {
        self.source = source
        self.queue = queue
        self.speed = speed
        unsafe scratch = .allocate(byteCount: bufferLength, alignment: 64)
    }

    deinit { unsafe scratch.deallocate() }

    func start() throws(NeuromorphicError) {
        do throws(SystemError) {
            let started = try Thread.start("neuromorphic") { self.run() }
            thread.withLock { $0 = started }
        } catch {
            throw NeuromorphicError(error, "can't start the thread that plays the source")
        }
    }

    var failure: NeuromorphicError? { failed.withLock { $0 } }

    /// Waits for the thread's end.
    func stop() {
        let running = thread.withLock { thread in
            defer { thread = nil }
            return thread
        }
        running?.join()
    }

    private func run() {
        do throws(NeuromorphicError) {
            try play()
        } catch {
            failed.withLock { $0 = error }
        }
        queue.finish()
    }

    private func play() throws(NeuromorphicError) {
        let start = MonotonicTime.now
        while true {
            let buffer = queue.takeFree()
            if buffer == nil, queue.hasClosed { return }
            let filling = try unsafe source.fill(buffer?.memory ?? scratch)
            if case .factor(let factor) = speed {
                let due = start.advanced(microseconds: Int64(clamping: Int(Double(filling.elapsed) / factor)))
                guard queue.pause(until: due) else { return }
            }
            if let buffer {
                queue.push(buffer, length: filling.length, time: .now, startsAnew: filling.startsAnew)
            } else {
                queue.lose(filling.length, startsAnew: filling.startsAnew)
            }
            if filling.isLast { return }
        }
    }
}
