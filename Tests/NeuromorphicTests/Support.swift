import CNeuromorphic
import EventFormats
import Foundation

@testable import Neuromorphic

/// Options as a C program would set them.
func options(_ change: (inout neuromorphic_open_options) -> Void = { _ in }) throws(NeuromorphicError) -> OpenOptions {
    var options = neuromorphic_open_options()
    options.maximum_raw_packets = 64
    change(&options)
    return try OpenOptions(options, configuration: nil)
}

/// A folder that is gone when its owner is.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("neuromorphic-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file and returns its path.
    func file(_ name: String, _ bytes: [UInt8]) throws -> String {
        let place = "\(path)/\(name)"
        try Data(bytes).write(to: URL(fileURLWithPath: place))
        return place
    }
}

/// An EVT3 recording of `count` events at t = 0, 1, 2 …, on a 640 x 480 sensor: event i is at x = i % 640, y = i / 640 % 480.
func recording(_ count: Int) throws -> [UInt8] {
    var encoder = EVT3Encoder()
    for index in 0..<count {
        try encoder.appendEvent(
            t: UInt64(index), x: UInt16(index % 640), y: UInt16(index / 640 % 480), on: UInt8(index % 2))
    }
    return RAWHeader(format: .evt3, sensor: SensorGeometry(width: 640, height: 480)!).bytes() + encoder.takeBytes()
}

/// A sum over a packet's arrays that any change of them changes.
func checksum(_ lease: Lease) -> UInt64 {
    let packet = lease.packet.pointee
    var sum: UInt64 = 14_695_981_039_346_656_037
    for index in 0..<packet.count {
        let place = UInt64(packet.x[index]) << 32 | UInt64(packet.y[index]) << 8 | UInt64(packet.on[index])
        sum = (sum ^ packet.t[index] ^ place) &* 1_099_511_628_211
    }
    return sum
}

/// Takes packets until the stream is over.
func drain(_ device: Device, _ body: (neuromorphic_packet) throws -> Void = { _ in }) throws {
    while true {
        do {
            let lease = try device.nextPacket(timeoutMicroseconds: 10_000_000)
            defer { lease.release() }
            try body(lease.packet.pointee)
        } catch let error as NeuromorphicError where error.status == NEUROMORPHIC_END_OF_STREAM {
            return
        }
    }
}
