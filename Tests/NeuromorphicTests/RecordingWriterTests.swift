import CNeuromorphic
import EventFormats
import Foundation
import Testing

@testable import Neuromorphic

@Suite("Writing recordings")
struct RecordingWriterTests {
    private func record(_ source: String, to path: String, overwriting: Bool = false) throws -> [UInt8] {
        let device = try Device.open(source, options { $0.raw = 1 })
        let writer = try RecordingWriter.create(path, for: device.properties, overwriting: overwriting)
        var bytes: [UInt8] = []
        try drain(device) { packet in
            let raw = UnsafeRawBufferPointer(start: packet.raw, count: packet.raw_length)
            bytes.append(contentsOf: raw)
            try writer.append(raw)
        }
        try writer.synchronise()
        return bytes
    }

    private func data(of path: String) throws -> [UInt8] {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        return [UInt8](bytes[try RAWHeader.read(bytes.span.bytes).length...])
    }

    @Test("A recording of a simulated camera says what camera it was, and plays the same bytes")
    func simulation() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/a.raw"
        let bytes = try record("sim:prophesee_evk4?rate=1e6&speed=max&duration=0.2&seed=171", to: path)
        #expect(!bytes.isEmpty)
        #expect(try data(of: path) == bytes)
        let file = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        let header = try RAWHeader.read(file.span.bytes)
        #expect(header.format == .evt3)
        #expect(header.sensor == SensorGeometry(width: 1280, height: 720))
        #expect(header.value(of: "serial_number") == "000000AB")
        #expect(header.value(of: "sensor_name") == "IMX636")
        #expect(header.value(of: "evt") == "3.0")
        let again = "\(folder.path)/b.raw"
        #expect(try record("file:\(path)", to: again) == bytes)
    }

    @Test("A file that is there is kept, unless it shall be overwritten")
    func exists() throws {
        let folder = try TemporaryFolder()
        let path = try folder.file("a.raw", recording(1000))
        let before = try Data(contentsOf: URL(fileURLWithPath: path))
        let error = #expect(throws: NeuromorphicError.self) { _ = try record("file:\(path)", to: path) }
        #expect(error?.status == NEUROMORPHIC_ERROR_ALREADY_EXISTS)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
        // Also onto itself.
        let bytes = try record("file:\(path)", to: path, overwriting: true)
        #expect(try data(of: path) == bytes)
        #expect(bytes == [UInt8](before.suffix(bytes.count)))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a.raw"])
    }

    @Test("Where the folder is missing, nothing is made, and the sentence names the file")
    func noFolder() throws {
        let device = try Device.open("sim:prophesee_evk4", options { $0.raw = 1 })
        let error = #expect(throws: NeuromorphicError.self) {
            _ = try RecordingWriter.create("/nowhere/a.raw", for: device.properties, overwriting: false)
        }
        #expect(error?.status == NEUROMORPHIC_ERROR_NOT_FOUND)
        #expect(error?.sentence.text.contains("/nowhere/a.raw") == true)
    }
}
