import CNeuromorphic
import Platform
import Testing

@testable import Neuromorphic

/// A device on which nothing arrives for a long while.
private func quietDevice() throws -> Device {
    let device = try Device.open("sim:prophesee_evk4?rate=1&scene=noise&triggers=0&speed=0.001", options())
    return device
}

/// Microseconds between `wake` and the return of a `nextPacket` that was waiting, and what it returned.
private func timeToWake(_ device: Device, _ wake: @escaping @Sendable (Device) -> Void) throws -> (
    microseconds: Int64, status: neuromorphic_status?
) {
    let wokenAt = Mutex(MonotonicTime(nanoseconds: 0))
    let thread = try Thread.start("waker") {
        // Long enough for the reader to wait; where it doesn't yet, it must return at once all the same.
        let isAwake = Monitor()
        _ = isAwake.withLock { isAwake.wait(until: .now.advanced(microseconds: 20_000)) }
        wokenAt.withLock { $0 = .now }
        wake(device)
    }
    var status: neuromorphic_status?
    do throws(NeuromorphicError) {
        while true { try device.nextPacket(timeoutMicroseconds: nil).release() }
    } catch { status = error.status }
    let end = MonotonicTime.now
    thread.join()
    return ((end.nanoseconds - wokenAt.withLock { $0 }.nanoseconds) / 1000, status)
}

@Suite("Interrupting")
struct InterruptTests {
    @Test("An interrupt ends the wait within 10 ms")
    func wakes() throws {
        let device = try quietDevice()
        var times: [Int64] = []
        for _ in 0..<20 {
            let (time, status) = try timeToWake(device) { $0.interrupt() }
            #expect(status == NEUROMORPHIC_ERROR_INTERRUPTED)
            times.append(time)
        }
        #expect(times.sorted()[10] < 10_000, "\(times)")
    }

    @Test("An interrupt that comes when nobody waits ends the next wait, once")
    func sticks() throws {
        let device = try quietDevice()
        device.interrupt()
        device.interrupt()
        let error = #expect(throws: NeuromorphicError.self) { _ = try device.nextPacket(timeoutMicroseconds: nil) }
        #expect(error?.status == NEUROMORPHIC_ERROR_INTERRUPTED)
        let next: neuromorphic_status? = {
            do throws(NeuromorphicError) {
                try device.nextPacket(timeoutMicroseconds: 0).release()
                return nil
            } catch { return error.status }
        }()
        #expect(next == nil || next == NEUROMORPHIC_ERROR_TIMEOUT)
    }
}

@Suite("Closing")
struct CloseTests {
    @Test("Closing ends the wait within 10 ms")
    func wakes() throws {
        var times: [Int64] = []
        for _ in 0..<20 {
            let (time, status) = try timeToWake(quietDevice()) { $0.close() }
            #expect(status == NEUROMORPHIC_ERROR_CLOSED)
            times.append(time)
        }
        #expect(times.sorted()[10] < 10_000, "\(times)")
    }

    @Test("Devices open and close while they stream, and leave no thread behind")
    func repeatedly() throws {
        for round in 0..<100 {
            let device = try Device.open("sim:prophesee_evk4?rate=1e6&seed=\(round)", options { $0.ring_length = 64 })
            if round % 2 == 0 { try device.nextPacket(timeoutMicroseconds: 1_000_000).release() }
            device.close()
            device.close()
        }
    }

    @Test("A second reader is told that there is a first")
    func busy() throws {
        let device = try quietDevice()
        let isDone = Mutex(false)
        let reader = try Thread.start("reader") {
            while true {
                do throws(NeuromorphicError) {
                    try device.nextPacket(timeoutMicroseconds: nil).release()
                } catch {
                    if error.status == NEUROMORPHIC_ERROR_CLOSED { break }
                }
            }
            isDone.withLock { $0 = true }
        }
        var status: neuromorphic_status?
        while status != NEUROMORPHIC_ERROR_BUSY {
            do throws(NeuromorphicError) {
                try device.nextPacket(timeoutMicroseconds: 0).release()
            } catch { status = error.status }
        }
        device.close()
        reader.join()
        #expect(isDone.withLock { $0 })
    }
}
