import CNeuromorphic
import CPlatform
import EventFormats
import Platform
import Sentences
import Synchronization

/// Writes what a device delivers to a RAW file.
///
/// Every packet goes to the system at once: a crash of the program loses none of what was written.
package final class RecordingWriter: @unchecked Sendable {
    private let file: FileDescriptor
    private let path: String
    /// Where the next packet goes: the end of the last whole one.
    private var length: Int
    private let isBusy = Atomic<Bool>(false)

    private init(_ file: consuming FileDescriptor, _ path: String, _ length: Int) {
        self.file = file
        self.path = path
        self.length = length
    }

    /// Starts a file with its header.
    ///
    /// A file that is replaced is replaced at once and as a whole, also while it is being played.
    package static func create(
        _ path: String, for device: DeviceProperties, overwriting: Bool
    ) throws(NeuromorphicError) -> RecordingWriter {
        guard device.isRaw else {
            throw .invalidArgument("only raw packets can be recorded; open the device with options.raw = 1")
        }
        let date = RAWHeader.Entry(key: "date", value: localDate())
        let entries = device.recordingEntries.filter { !$0.key.same(as: "date") && !$0.key.same(as: "Date") }
        let header = RAWHeader(format: device.format, sensor: device.sensor, entries: entries + [date]).bytes()
        let place = overwriting ? "\(path).part" : path
        do throws(SystemError) {
            return RecordingWriter(try start(place, path, header, overwriting: overwriting), path, header.count)
        } catch {
            throw NeuromorphicError(error, "can't start the recording \"\(path)\"")
        }
    }

    private static func start(
        _ place: String, _ path: String, _ header: [UInt8], overwriting: Bool
    ) throws(SystemError) -> FileDescriptor {
        let file = try FileDescriptor(path: place, flags: O_WRONLY | O_CREAT | (overwriting ? O_TRUNC : O_EXCL))
        do throws(SystemError) {
            try write(header, to: file)
            if overwriting {
                guard unsafe rename(place, path) == 0 else { throw SystemError("rename") }
            }
        } catch {
            unsafe unlink(place)
            throw error
        }
        return file
    }

    private static func write(_ bytes: [UInt8], to file: borrowing FileDescriptor) throws(SystemError) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
        defer { unsafe buffer.deallocate() }
        unsafe buffer.copyBytes(from: bytes)
        try unsafe file.write(UnsafeRawBufferPointer(buffer), at: 0)
    }

    /// Appends bytes. Where that fails, the file still ends with the last whole packet.
    package func append(_ bytes: UnsafeRawBufferPointer) throws(NeuromorphicError) {
        try occupy { () throws(NeuromorphicError) in
            do throws(SystemError) {
                try unsafe file.write(bytes, at: length)
                length += bytes.count
            } catch {
                // It fails only where nothing can be done about it.
                try? file.truncate(to: length)
                throw NeuromorphicError(error, "can't write to the recording \"\(path)\"")
            }
        }
    }

    /// Waits until all that was written has reached the disk.
    package func synchronise() throws(NeuromorphicError) {
        try occupy { () throws(NeuromorphicError) in
            do throws(SystemError) {
                try file.synchronise()
            } catch {
                throw NeuromorphicError(error, "can't bring the recording \"\(path)\" to the disk")
            }
        }
    }

    private func occupy(_ body: () throws(NeuromorphicError) -> Void) throws(NeuromorphicError) {
        guard !isBusy.exchange(true, ordering: .acquiring) else {
            throw NeuromorphicError(
                NEUROMORPHIC_ERROR_BUSY, "another thread is writing to this recording; one thread at a time can")
        }
        defer { isBusy.store(false, ordering: .releasing) }
        try body()
    }
}
