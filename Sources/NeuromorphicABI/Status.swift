public import CNeuromorphic
import CPlatform
import Neuromorphic
import Sentences

/// Runs a function's body, and turns an error into its status and this thread's sentence.
func status(_ body: () throws(NeuromorphicError) -> Void) -> neuromorphic_status {
    do throws(NeuromorphicError) {
        try body()
        return NEUROMORPHIC_OK
    } catch {
        LastError.set(error.sentence)
        return error.status
    }
}

/// The same for functions that return something else.
func value<Value>(or failure: Value, _ body: () throws(NeuromorphicError) -> Value) -> Value {
    do throws(NeuromorphicError) {
        return try body()
    } catch {
        LastError.set(error.sentence)
        return failure
    }
}

/// The pointer, if it is there.
@unsafe func required<Pointee>(_ pointer: UnsafePointer<Pointee>?, _ name: StaticString) throws(NeuromorphicError)
    -> UnsafePointer<Pointee>
{
    guard let pointer = unsafe pointer else { throw .invalidArgument("\(name) is NULL, and must not be") }
    return unsafe pointer
}

@unsafe func required<Pointee>(_ pointer: UnsafeMutablePointer<Pointee>?, _ name: StaticString)
    throws(NeuromorphicError) -> UnsafeMutablePointer<Pointee>
{
    guard let pointer = unsafe pointer else { throw .invalidArgument("\(name) is NULL, and must not be") }
    return unsafe pointer
}

/// A time-out in microseconds; nil for none.
func requiredTimeout(_ timeout_us: Int64) throws(NeuromorphicError) -> Int64? {
    guard timeout_us >= -1 else {
        throw .invalidArgument(
            "timeout_us is \(timeout_us); give microseconds, or NEUROMORPHIC_FOREVER (-1) to wait without a limit")
    }
    return timeout_us == -1 ? nil : timeout_us
}

/// Reads a caller's struct, which starts with its size. One of a newer header is longer; what it has more must be zero.
@unsafe func read<Struct>(_ pointer: UnsafePointer<Struct>, _ name: StaticString) throws(NeuromorphicError) -> Struct {
    try unsafe checkNoMore(than: MemoryLayout<Struct>.size, at: UnsafeRawPointer(pointer), name)
    return unsafe pointer.pointee
}

@inline(never)
@unsafe private func checkNoMore(than known: Int, at start: UnsafeRawPointer, _ name: StaticString)
    throws(NeuromorphicError)
{
    let size = try unsafe checkSize(known, at: start, name)
    let bytes = unsafe UnsafeRawBufferPointer(start: start, count: size)
    for index in known..<size where unsafe bytes[index] != 0 {
        throw NeuromorphicError(
            NEUROMORPHIC_ERROR_INVALID_STRUCT_SIZE,
            "\(name) has fields that this library (\(libraryVersion)) doesn't know, and they are set; use a newer library"
        )
    }
}

/// Fills in a caller's struct, and leaves its size as it is.
@unsafe func write<Struct>(_ value: Struct, to pointer: UnsafeMutablePointer<Struct>?, _ name: StaticString)
    throws(NeuromorphicError)
{
    let pointer = try unsafe required(pointer, name)
    let size = try unsafe checkSize(MemoryLayout<Struct>.size, at: UnsafeRawPointer(pointer), name)
    unsafe pointer.pointee = value
    unsafe UnsafeMutableRawPointer(pointer).storeBytes(of: size, as: Int.self)
    // Fields of a newer header: as in its INIT.
    let more = size - MemoryLayout<Struct>.size
    unsafe memset(UnsafeMutableRawPointer(pointer) + MemoryLayout<Struct>.size, 0, more)
}

/// The size that a caller's struct says it has.
///
/// - Parameter known: the size that it has here. A number and not a type, so that there is one of this function.
@inline(never)
@unsafe private func checkSize(_ known: Int, at start: UnsafeRawPointer, _ name: StaticString) throws(NeuromorphicError)
    -> Int
{
    let size = unsafe start.loadUnaligned(as: Int.self)
    guard known...(known + 65536) ~= size else {
        throw NeuromorphicError(
            NEUROMORPHIC_ERROR_INVALID_STRUCT_SIZE,
            "\(name).struct_size is \(UInt(bitPattern: size)), and this library needs at least \(known); prepare the struct "
                + "with its ..._INIT")
    }
    return size
}

/// The sentence of each thread's latest failure.
enum LastError {
    static let capacity = 1024

    /// Made once; the buffer is freed when its thread ends.
    private static let key: pthread_key_t? = {
        var key = pthread_key_t()
        let code = unsafe pthread_key_create(&key) { unsafe free($0) }
        return code == 0 ? key : nil
    }()

    static func set(_ sentence: Sentence) {
        guard let key else { return }
        if unsafe pthread_getspecific(key) == nil {
            unsafe pthread_setspecific(key, calloc(1, capacity))
        }
        guard let buffer = unsafe pthread_getspecific(key) else { return }
        let bytes = unsafe UnsafeMutableRawBufferPointer(start: buffer, count: capacity)
        var length = 0
        let whole = unsafe sentence.withBytes { text in
            while length < min(text.count, capacity - 1) {
                unsafe bytes[length] = text[length]
                length += 1
            }
            return text.count
        }
        // A character that was cut in two is left out whole.
        if whole >= capacity {
            while length > 0, unsafe bytes[length - 1] & 0xC0 == 0x80 { length -= 1 }
            if length > 0, unsafe bytes[length - 1] >= 0xC0 { length -= 1 }
        }
        unsafe bytes[length] = 0
    }

    @unsafe static var current: UnsafePointer<CChar> {
        guard let key, let buffer = unsafe pthread_getspecific(key) else { return unsafe text("") }
        return unsafe UnsafePointer(buffer.assumingMemoryBound(to: CChar.self))
    }
}

/// A literal as a C string that lives as long as the program.
@unsafe func text(_ literal: StaticString) -> UnsafePointer<CChar> {
    unsafe UnsafeRawPointer(literal.utf8Start).assumingMemoryBound(to: CChar.self)
}

/// A string of our own for C, freed with its owner.
@safe final class CText {
    let start: UnsafePointer<CChar>

    init(_ string: String) {
        let bytes = UnsafeMutableBufferPointer<CChar>.allocate(capacity: string.utf8.count + 1)
        var length = 0
        for byte in string.utf8 {
            unsafe bytes[length] = CChar(bitPattern: byte)
            length += 1
        }
        unsafe bytes[length] = 0
        unsafe start = UnsafePointer(bytes.baseAddress!)
    }

    deinit { unsafe start.deallocate() }
}

@c @implementation
public func neuromorphic_last_error() -> UnsafePointer<CChar>! { unsafe LastError.current }

@c @implementation
public func neuromorphic_status_name(_ status: neuromorphic_status) -> UnsafePointer<CChar>! {
    let names: [(neuromorphic_status, StaticString)] = [
        (NEUROMORPHIC_OK, "NEUROMORPHIC_OK"),
        (NEUROMORPHIC_ERROR_TIMEOUT, "NEUROMORPHIC_ERROR_TIMEOUT"),
        (NEUROMORPHIC_ERROR_INTERRUPTED, "NEUROMORPHIC_ERROR_INTERRUPTED"),
        (NEUROMORPHIC_END_OF_STREAM, "NEUROMORPHIC_END_OF_STREAM"),
        (NEUROMORPHIC_ERROR_CLOSED, "NEUROMORPHIC_ERROR_CLOSED"),
        (NEUROMORPHIC_ERROR_UNPLUGGED, "NEUROMORPHIC_ERROR_UNPLUGGED"),
        (NEUROMORPHIC_ERROR_INVALID_ARGUMENT, "NEUROMORPHIC_ERROR_INVALID_ARGUMENT"),
        (NEUROMORPHIC_ERROR_INVALID_HANDLE, "NEUROMORPHIC_ERROR_INVALID_HANDLE"),
        (NEUROMORPHIC_ERROR_INVALID_STRUCT_SIZE, "NEUROMORPHIC_ERROR_INVALID_STRUCT_SIZE"),
        (NEUROMORPHIC_ERROR_INCOMPATIBLE_VERSION, "NEUROMORPHIC_ERROR_INCOMPATIBLE_VERSION"),
        (NEUROMORPHIC_ERROR_INVALID_SOURCE, "NEUROMORPHIC_ERROR_INVALID_SOURCE"),
        (NEUROMORPHIC_ERROR_NOT_FOUND, "NEUROMORPHIC_ERROR_NOT_FOUND"),
        (NEUROMORPHIC_ERROR_PERMISSION_DENIED, "NEUROMORPHIC_ERROR_PERMISSION_DENIED"),
        (NEUROMORPHIC_ERROR_BUSY, "NEUROMORPHIC_ERROR_BUSY"),
        (NEUROMORPHIC_ERROR_INVALID_FILE, "NEUROMORPHIC_ERROR_INVALID_FILE"),
        (NEUROMORPHIC_ERROR_UNSUPPORTED, "NEUROMORPHIC_ERROR_UNSUPPORTED"),
        (NEUROMORPHIC_ERROR_OUT_OF_RANGE, "NEUROMORPHIC_ERROR_OUT_OF_RANGE"),
        (NEUROMORPHIC_ERROR_WRONG_MODEL, "NEUROMORPHIC_ERROR_WRONG_MODEL"),
        (NEUROMORPHIC_ERROR_LEASES_SPENT, "NEUROMORPHIC_ERROR_LEASES_SPENT"),
        (NEUROMORPHIC_ERROR_OUT_OF_MEMORY, "NEUROMORPHIC_ERROR_OUT_OF_MEMORY"),
        (NEUROMORPHIC_ERROR_IO, "NEUROMORPHIC_ERROR_IO"),
        (NEUROMORPHIC_ERROR_ALREADY_EXISTS, "NEUROMORPHIC_ERROR_ALREADY_EXISTS"),
        (NEUROMORPHIC_ERROR_NEEDS_RESTART, "NEUROMORPHIC_ERROR_NEEDS_RESTART"),
        (NEUROMORPHIC_ERROR_NO_ANSWER, "NEUROMORPHIC_ERROR_NO_ANSWER"),
        (NEUROMORPHIC_ERROR_STALLED, "NEUROMORPHIC_ERROR_STALLED"),
        (NEUROMORPHIC_ERROR_BAD_ANSWER, "NEUROMORPHIC_ERROR_BAD_ANSWER"),
    ]
    let name = names.first { $0.0 == status }?.1
    return unsafe text(name ?? "NEUROMORPHIC_UNKNOWN_STATUS")
}
