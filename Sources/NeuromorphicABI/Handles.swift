import CNeuromorphic
import Femtosense
import Neuromorphic
import Platform
import Sentences

/// Opaque handle ↔ Swift object.
///
/// A handle is a number that is never used again, and not an address: one that was closed, or that never existed, is told
/// from one that is open, whichever thread closed it when. Looking one up takes a lock for a few nanoseconds.
final class HandleTable<Object: AnyObject>: @unchecked Sendable {
    /// What the header calls the object.
    private let name: StaticString
    /// Told apart by table, so that a decoder passed as a device is found out: the low bits of every handle.
    private let tag: UInt
    private let monitor = Monitor()
    private var entries: [(handle: UInt, object: Object)] = []
    private var made: UInt = 0

    init(_ name: StaticString, tag: UInt) {
        self.name = name
        self.tag = tag
    }

    func insert(_ object: Object) -> OpaquePointer? {
        unsafe monitor.withLock {
            made &+= 1
            let handle = made << 4 | tag
            entries.append((handle, object))
            return unsafe OpaquePointer(bitPattern: handle)
        }
    }

    /// The object of a handle; it lives at least as long as the caller holds it.
    func object(_ handle: OpaquePointer?) throws(NeuromorphicError) -> Object {
        guard let handle = unsafe handle else { throw .invalidArgument("the \(name) is NULL, and must not be") }
        let number = UInt(bitPattern: handle)
        let found = monitor.withLock {
            entries.firstIndex { $0.handle == number }.map { entries[$0].object }
        }
        guard let found else {
            throw NeuromorphicError(
                NEUROMORPHIC_ERROR_INVALID_HANDLE, "the \(name) is not open: it was closed or freed, or never was one")
        }
        return found
    }

    /// Forgets a handle and returns its object, if it is one.
    func remove(_ handle: OpaquePointer?) -> Object? {
        let number = UInt(bitPattern: handle)
        return monitor.withLock {
            guard let index = entries.firstIndex(where: { $0.handle == number }) else { return nil }
            return entries.remove(at: index).object
        }
    }
}

/// Every open object of the process.
enum Handles {
    static let devices = HandleTable<DeviceHandle>("device", tag: 1)
    static let lists = HandleTable<DeviceListHandle>("device list", tag: 2)
    static let decoders = HandleTable<DecoderHandle>("decoder", tag: 3)
    static let recordings = HandleTable<RecordingWriter>("recording", tag: 4)
    static let femtoPrograms = HandleTable<SPUProgram>("program", tag: 5)
}
