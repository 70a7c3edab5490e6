import CLibUSB
import CPlatform
import Platform
import struct Synchronization.Atomic

/// libusb's context of this process, and the one thread that handles its events while cameras stream.
///
/// Who needs USB holds a `USBContext.Use`: after the last one, neither a thread nor a descriptor is left. A child of fork gets a
/// context of its own; its parent's is of no use to it.
@safe package final class USBContext: @unchecked Sendable {
    let pointer: OpaquePointer
    private let process: pid_t

    private struct Current {
        var context: USBContext?
        var users = 0
    }

    private static let current = Mutex(Current())

    // MARK: - Entering and leaving

    /// A stay in the context, which ends with it.
    package final class Use: Sendable {
        package let context: USBContext

        package init() throws(USBError) { context = try USBContext.enter() }

        deinit { context.leave() }
    }

    private static func enter() throws(USBError) -> USBContext {
        try current.withLock { (current) throws(USBError) in
            if let context = current.context, context.process == getpid() {
                current.users += 1
                return context
            }
            let context = try USBContext()
            current = Current(context: context, users: 1)
            return context
        }
    }

    private func leave() {
        Self.current.withLock { current in
            guard let context = current.context, context === self, process == getpid() else { return }
            current.users -= 1
            guard current.users == 0 else { return }
            current.context = nil
            unsafe libusb_exit(pointer)
        }
    }

    private init() throws(USBError) {
        // libusb starts a thread of its own, which must not take the program's signals either.
        let signals = SignalsBlocked()
        var context: OpaquePointer?
        let code = unsafe libusb_init(&context)
        signals.end()
        guard code == 0, let context = unsafe context else { throw USBError(code, "libusb_init") }
        unsafe pointer = context
        process = getpid()
    }

    // MARK: - Events

    private struct Events {
        var thread: Thread?
        var users = 0
    }

    private let events = Mutex(Events())
    private let shallStop = Atomic<Bool>(false)
    private let watched = Mutex<[TransferQueue]>([])
    /// How many queues want to be looked after soon.
    private let worries = Atomic<Int>(0)

    /// Has the queue's transfers handled, from now on.
    func attach(_ queue: TransferQueue) throws(SystemError) {
        watched.withLock { $0.append(queue) }
        try events.withLock { (events) throws(SystemError) in
            events.users += 1
            guard events.thread == nil else { return }
            shallStop.store(false, ordering: .relaxed)
            do throws(SystemError) {
                events.thread = try Thread.start("neuromorphic-usb") { self.run() }
            } catch {
                events.users -= 1
                watched.withLock { $0.removeAll { $0 === queue } }
                throw error
            }
        }
    }

    /// Ends that; the thread ends with the last queue.
    func detach(_ queue: TransferQueue) {
        watched.withLock { $0.removeAll { $0 === queue } }
        events.withLock { events in
            events.users -= 1
            guard events.users == 0, let thread = events.thread else { return }
            events.thread = nil
            shallStop.store(true, ordering: .relaxed)
            unsafe libusb_interrupt_event_handler(pointer)
            thread.join()
        }
    }

    func beginWorry() {
        worries.add(1, ordering: .relaxed)
        unsafe libusb_interrupt_event_handler(pointer)
    }

    func endWorry() { worries.subtract(1, ordering: .relaxed) }

    private func run() {
        while !shallStop.load(ordering: .relaxed) {
            let isWorried = worries.load(ordering: .relaxed) > 0
            handleEvents(microseconds: isWorried ? 20_000 : 60_000_000)
            if isWorried {
                for queue in watched.withLock({ $0 }) { queue.lookAfter() }
            }
        }
    }

    /// Waits for events, until some were handled or for that long. Any thread may.
    func handleEvents(microseconds: Int) { unsafe handleEvents(microseconds: microseconds, until: nil) }

    /// - Parameter done: what is not 0 once there is no more to wait for, whichever thread has handled it.
    @unsafe func handleEvents(microseconds: Int, until done: UnsafeMutablePointer<Int32>?) {
        var limit = timeval(tv_sec: microseconds / 1_000_000, tv_usec: microseconds % 1_000_000)
        let code = unsafe libusb_handle_events_timeout_completed(pointer, &limit, done)
        if code < 0, code != LIBUSB_ERROR_INTERRUPTED.rawValue {
            // It would fail again at once; whoever waits for its transfers has a time-out or closes.
            usleep(1000)
        }
    }
}
