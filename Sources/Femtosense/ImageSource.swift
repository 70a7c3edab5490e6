import CPlatform
import Platform
import Sentences

/// A file that the caller holds in memory, for as long as a program is being made of it.
@safe package struct MemoryFile {
    fileprivate let name: String
    fileprivate let bytes: UnsafeRawBufferPointer

    @unsafe package init(name: String, bytes: UnsafeRawBufferPointer) {
        self.name = name
        unsafe self.bytes = bytes
    }
}

/// Where the compiler's files are.
package enum ImageSource {
    case folder(String)
    case memory([MemoryFile])

    /// How a sentence names a file.
    func title(of name: String) -> String {
        switch self {
        case .folder(let folder): shown("\(folder)/\(name)")
        case .memory: name
        }
    }

    /// A file's length in bytes, if it is there, is a file, and has no more than `most`.
    func length(of name: String, most: Int) throws(FemtosenseError) -> Int {
        let length: Int
        switch self {
        case .folder(let folder): length = try open(name, in: folder).length
        case .memory(let files): length = unsafe try file(name, among: files).bytes.count
        }
        guard length <= most else {
            throw FemtosenseError(
                .invalidFile,
                "\(title(of: name)) has \(length) bytes, and what the compiler writes has no more than \(most)")
        }
        return length
    }

    /// Reads a file from its start to its end, in pieces.
    func read(
        _ name: String, most: Int, _ body: (Span<UInt8>) throws(FemtosenseError) -> Void
    ) throws(FemtosenseError) {
        switch self {
        case .folder(let folder): try read(name, in: folder, most: most, body)
        case .memory(let files):
            let bytes = unsafe try file(name, among: files).bytes
            try body(unsafe Span(_unsafeElements: bytes.assumingMemoryBound(to: UInt8.self)))
        }
    }

    private func file(_ name: String, among files: [MemoryFile]) throws(FemtosenseError) -> MemoryFile {
        for file in files where same(file.name, name) { return file }
        throw FemtosenseError(
            .notFound, "there is no file \"\(name)\" among the \(files.count) given; the compiler's folder has one")
    }

    // ---- Folders ----

    private struct OpenFile: ~Copyable {
        let descriptor: FileDescriptor
        let length: Int
    }

    private func open(_ name: String, in folder: String) throws(FemtosenseError) -> OpenFile {
        do throws(SystemError) {
            // A pipe in a file's place must not keep us waiting for its writer.
            let descriptor = try FileDescriptor(path: "\(folder)/\(name)", flags: O_RDONLY | O_NONBLOCK)
            let status = try descriptor.status()
            if platform_is_regular_file(status.st_mode) != 0 {
                return OpenFile(descriptor: descriptor, length: Int(status.st_size))
            }
        } catch {
            throw FemtosenseError(.system(error), "can't read \(title(of: name))")
        }
        throw FemtosenseError(.invalidFile, "\(title(of: name)) is a folder or a device; a file was expected")
    }

    private func read(
        _ name: String, in folder: String, most: Int, _ body: (Span<UInt8>) throws(FemtosenseError) -> Void
    ) throws(FemtosenseError) {
        let file = try open(name, in: folder)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 1)
        defer { unsafe buffer.deallocate() }
        var offset = 0
        // It may grow under our hands.
        while offset <= most {
            let length: Int
            do throws(SystemError) {
                length = try unsafe file.descriptor.read(at: offset, into: buffer)
            } catch {
                throw FemtosenseError(.system(error), "can't read \(title(of: name))")
            }
            guard length > 0 else { return }
            try body(unsafe Span(_unsafeElements: buffer.prefix(length).assumingMemoryBound(to: UInt8.self)))
            offset += length
        }
        throw FemtosenseError(
            .invalidFile, "\(title(of: name)) grew beyond \(most) bytes while it was read; let its writer end first")
    }
}

/// Whether two texts are the same, byte for byte; `==` on strings would bring Unicode's tables along.
func same(_ one: String, _ other: String) -> Bool { one.utf8.elementsEqual(other.utf8) }
