import CNeuromorphic
import Foundation
import Platform
import Testing

@testable import Neuromorphic

/// An emulated camera is on the USB that this process sees: Tests/USBTests/run starts the tests so, with the thread sanitizer.
private let isCameraThere = ProcessInfo.processInfo.environment["NEUROMORPHIC_EMULATED_CAMERA"] != nil

@Suite("Live camera: close and interrupt", .serialized, .enabled(if: isCameraThere))
struct LiveCameraTests {
    private func open(_ change: (inout neuromorphic_open_options) -> Void = { _ in }) throws -> Device {
        try Device.open("usb:", options(change))
    }

    /// Reads until the device ends the wait, and returns why.
    private static func readUntilEnd(_ device: Device) -> neuromorphic_status? {
        do throws(NeuromorphicError) {
            while true { try device.nextPacket(timeoutMicroseconds: nil).release() }
        } catch { return error.status }
    }

    @Test("Close wakes the reader while transfers fly and settings change", arguments: 0..<5)
    func closes(round: Int) throws {
        let device = try open { if round % 2 == 1 { $0.ring_length = 34 } }
        let ends = Mutex<[neuromorphic_status?]>([])
        let reader = try Thread.start("reader") {
            let end = Self.readUntilEnd(device)
            ends.withLock { $0.append(end) }
        }
        let configurer = try Thread.start("configurer") {
            do throws(NeuromorphicError) {
                var configuration = try device.configuration()
                while true {
                    configuration.settings.prophesee_evk3_hd.biases.fo_p ^= 1
                    try device.configure(configuration)
                    _ = device.statistics
                }
            } catch { ends.withLock { $0.append(error.status) } }
        }
        MonotonicTime.now.advanced(microseconds: 20_000 * Int64(round)).sleep()
        device.close()
        reader.join()
        configurer.join()
        #expect(ends.withLock { $0 } == [NEUROMORPHIC_ERROR_CLOSED, NEUROMORPHIC_ERROR_CLOSED])
    }

    @Test("An interrupt ends a reader's wait, and the stream goes on")
    func interrupts() throws {
        let device = try open()
        for _ in 0..<20 {
            device.interrupt()
            #expect(Self.readUntilEnd(device) == NEUROMORPHIC_ERROR_INTERRUPTED)
            try device.nextPacket(timeoutMicroseconds: 5_000_000).release()
        }
        device.close()
        let ledger = device.statistics
        #expect(ledger.bytes_produced > 0)
        #expect(ledger.bytes_lost_newest == 0)
    }

    @Test("Several threads ask and list while events arrive")
    func asks() throws {
        let device = try open()
        let threads = try (0..<4).map { index in
            try Thread.start("asker") {
                for _ in 0..<10 {
                    switch index {
                    case 0: _ = try? device.illuminance()
                    case 1: _ = DiscoveredCamera.list()
                    case 2: _ = device.statistics
                    default: _ = try? device.factoryConfiguration()
                    }
                }
            }
        }
        for _ in 0..<50 { try device.nextPacket(timeoutMicroseconds: 5_000_000).release() }
        for thread in threads { thread.join() }
        device.close()
    }
}
