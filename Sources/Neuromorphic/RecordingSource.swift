import Buffers
import CNeuromorphic
import CPlatform
import EventFormats
import Platform
import Sentences

/// A RAW recording on disk, read piece by piece while the system reads ahead.
///
/// It is read, not mapped: a file that somebody shortens meanwhile then ends early, where a mapping would crash the program. One that
/// is played again and again as fast as possible is read once, if it isn't too long, and then played from memory.
@safe final class RecordingSource: EventSource, @unchecked Sendable {
    /// Bytes of the longest recording that is kept in memory.
    static let mostKept = 256 << 20

    let header: RAWHeader
    private let file: FileDescriptor
    private let isLooping: Bool
    /// Where in the file the next bytes are.
    private var position: Int
    private var startsAnew = false
    /// The recording as long as it was when it was opened, as far as it was read.
    private let kept: TransferBuffer?
    private var keptLength = 0
    private var isKeptWhole = false

    private init(_ file: consuming FileDescriptor, _ header: RAWHeader, isLooping: Bool, keeping kept: TransferBuffer?)
    {
        self.file = file
        self.header = header
        self.isLooping = isLooping
        self.kept = kept
        position = header.length
    }

    deinit { kept?.deallocate() }

    /// - Parameters:
    ///   - hints: what the file's header may not say.
    ///   - mostKept: bytes up to which it is kept, if it is played again and again.
    convenience init(
        path: String, hints: RAWHeader.Hints, isLooping: Bool, mostKept: Int = 0
    ) throws(NeuromorphicError) {
        let file = try Self.open(path)
        let header = try Self.readHeader(of: file, path: path, hints: hints)
        var kept: TransferBuffer?
        let length = (try? Int(file.status().st_size) - header.length) ?? 0
        if isLooping, length > 0, length <= mostKept { kept = TransferBuffer(toLend: length) }
        self.init(file, header, isLooping: isLooping, keeping: kept)
    }

    private static func open(_ path: String) throws(NeuromorphicError) -> FileDescriptor {
        do throws(SystemError) {
            // Without O_NONBLOCK, opening a pipe waits for its other end.
            let file = try FileDescriptor(path: path, flags: O_RDONLY | O_NONBLOCK)
            let mode = try file.status().st_mode
            guard platform_is_regular_file(mode) != 0 else {
                throw SystemError("open", code: platform_is_directory(mode) == 0 ? EINVAL : EISDIR)
            }
            file.announceSequentialReading()
            return file
        } catch {
            switch error.code {
            case EISDIR:
                throw NeuromorphicError(
                    NEUROMORPHIC_ERROR_INVALID_FILE, "\"\(path)\" is a directory; name one of the recordings in it")
            case EINVAL:
                throw NeuromorphicError(
                    NEUROMORPHIC_ERROR_INVALID_FILE,
                    "\"\(path)\" is a pipe or a device; a recording must be a file, since it is read from any place")
            default:
                throw NeuromorphicError(error, "can't open the recording \"\(path)\"")
            }
        }
    }

    private static func readHeader(
        of file: borrowing FileDescriptor, path: String, hints: RAWHeader.Hints
    ) throws(NeuromorphicError) -> RAWHeader {
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: RAWHeader.longestHeader + 1, alignment: 1)
        defer { unsafe bytes.deallocate() }
        let length: Int
        do throws(SystemError) {
            length = try unsafe file.read(at: 0, into: bytes)
        } catch {
            throw NeuromorphicError(error, "can't read the recording \"\(path)\"")
        }
        guard length > 0 else {
            throw NeuromorphicError(NEUROMORPHIC_ERROR_INVALID_FILE, "the recording \"\(path)\" is empty")
        }
        do throws(RAWHeaderError) {
            return try RAWHeader.read(unsafe RawSpan(_unsafeStart: bytes.baseAddress!, byteCount: length), hints: hints)
        } catch {
            throw NeuromorphicError(error, path: path)
        }
    }

    func fill(_ buffer: UnsafeMutableRawBufferPointer) throws(NeuromorphicError) -> Filling {
        var filling = Filling()
        filling.length = try unsafe read(into: buffer)
        if filling.length == 0, isLooping, position > header.length {
            position = header.length
            startsAnew = true
            filling.length = try unsafe read(into: buffer)
        }
        filling.startsAnew = startsAnew
        startsAnew = false
        filling.isLast = filling.length == 0
        return filling
    }

    func lend(_ length: Int) throws(NeuromorphicError) -> Lending? {
        guard let kept else { return nil }
        if position == header.length + keptLength, !isKeptWhole {
            let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: kept.memory[keptLength...].prefix(length))
            let read = try unsafe read(into: rest)
            keptLength += read
            isKeptWhole = read < length || keptLength == kept.capacity
            position -= read
        }
        // It may have been shortened since it was opened.
        guard keptLength > 0 else { return nil }
        if position == header.length + keptLength {
            position = header.length
            startsAnew = true
        }
        let first = position - header.length
        let range = first..<min(first + length, keptLength)
        position += range.count
        defer { startsAnew = false }
        return Lending(buffer: kept, range: range, startsAnew: startsAnew)
    }

    private func read(into buffer: UnsafeMutableRawBufferPointer) throws(NeuromorphicError) -> Int {
        do throws(SystemError) {
            let length = try unsafe file.read(at: position, into: buffer)
            position += length
            return length
        } catch {
            throw NeuromorphicError(error, "can't read the recording at byte \(position)")
        }
    }
}

extension NeuromorphicError {
    init(_ error: RAWHeaderError, path: String) {
        let advice = "add what is missing, as in file:\(path)?format=EVT3&width=1280&height=720"
        let (status, what) =
            switch error {
            case .noHeader:
                (
                    NEUROMORPHIC_ERROR_INVALID_FILE,
                    "it doesn't start with a RAW header (lines of \"% key value\"); if it has none, \(advice)"
                )
            case .tooLong(let limit):
                (NEUROMORPHIC_ERROR_INVALID_FILE, "its header is longer than \(limit) bytes, so it is no RAW recording")
            case .unknownFormat(let name):
                (NEUROMORPHIC_ERROR_UNSUPPORTED, "its format is \(name); this library reads EVT2, EVT21, EVT3 and EVT4")
            case .formatNotTold:
                (NEUROMORPHIC_ERROR_INVALID_FILE, "neither format nor evt in its header tells the encoding; \(advice)")
            case .geometryNotTold:
                (NEUROMORPHIC_ERROR_INVALID_FILE, "its header doesn't tell the sensor's width and height; \(advice)")
            case .badValue(let key, let value):
                (
                    NEUROMORPHIC_ERROR_INVALID_FILE,
                    "its header has the \(key) \"\(value)\"; "
                        + (key.same(as: "endianness")
                            ? "it must be little or legacy" : "widths and heights must be numbers in 1 .. 2048")
                )
            case .geometriesDiffer(let one, let other):
                (
                    NEUROMORPHIC_ERROR_INVALID_FILE,
                    "its header contradicts itself: format says \(one) and geometry says \(other)"
                )
            }
        self.init(status, "can't play the recording \"\(path)\": \(what)")
    }
}
