import CPlatform
import Platform
import Sentences

/// A program's two files in a folder, such as an SD card's.
///
/// They are written beside their places, read back, and only then moved there: both or neither.
package struct ProgramFiles {
    private let folder: String
    private let addresses: ProgramFile
    private let data: ProgramFile

    /// - Parameter slot: the names' first digit; a card may hold several programs.
    package init(of program: SPUProgram, folder: String, slot: UInt32) throws(FemtosenseError) {
        guard slot <= 9 else { throw FemtosenseError(.outOfRange, "slot \(slot) is not a digit; slots are 0 to 9") }
        self.folder = folder
        addresses = ProgramFile(path: "\(folder)/\(slot)PROG_A", program: program, text: .addresses)
        data = ProgramFile(path: "\(folder)/\(slot)PROG_D", program: program, text: .data)
    }

    package func write(overwriting: Bool) throws(FemtosenseError) {
        let opened = try attempting("can't write to the folder \(shown(folder))") { () throws(SystemError) in
            try FileDescriptor(path: folder, flags: O_RDONLY | O_DIRECTORY)
        }
        for file in [addresses, data] { try file.checkPlace(overwriting: overwriting) }
        do throws(FemtosenseError) {
            for file in [addresses, data] { try file.writePart() }
            try attempting("can't bring the program to its place in \(shown(folder))") { () throws(SystemError) in
                try move(overwriting: overwriting)
            }
        } catch {
            for file in [addresses, data] { file.removePart() }
            throw error
        }
        // Where the system can't, and the power goes now, the folder is as it was before.
        try? opened.synchronise()
    }

    /// Whether the folder's files are this program.
    package func verify() throws(FemtosenseError) {
        for file in [addresses, data] { try file.verify() }
    }

    /// Brings both to their places. Where the second can't go there, the first leaves again.
    private func move(overwriting: Bool) throws(SystemError) {
        let earlier = overwriting ? try addresses.setEarlierAside() : nil
        do throws(SystemError) {
            try addresses.move(overwriting: overwriting)
            do throws(SystemError) {
                try data.move(overwriting: overwriting)
            } catch {
                unsafe unlink(addresses.path)
                throw error
            }
        } catch {
            if let earlier { try? rename(earlier, to: addresses.path) }
            throw error
        }
        if let earlier { unsafe unlink(earlier) }
    }
}

/// One of the two files.
private struct ProgramFile {
    let path: String
    let program: SPUProgram
    let text: SPUProgram.Text

    /// Where it is until it is whole.
    private var part: String { "\(path).part" }

    private var mode: mode_t? {
        var status = stat()
        return unsafe lstat(path, &status) == 0 ? status.st_mode : nil
    }

    func checkPlace(overwriting: Bool) throws(FemtosenseError) {
        guard let mode else { return }
        guard platform_is_directory(mode) == 0 else {
            throw FemtosenseError(.alreadyExists, "\(shown(path)) is a folder; choose another slot or another folder")
        }
        guard overwriting else {
            throw FemtosenseError(
                .alreadyExists, "\(shown(path)) is already there; choose another slot or folder, or ask to overwrite it"
            )
        }
    }

    func writePart() throws(FemtosenseError) {
        let file = try attempting("can't write \(shown(part))") { () throws(SystemError) in
            let file = try FileDescriptor(path: part, flags: O_RDWR | O_CREAT | O_TRUNC)
            try unsafe file.write(program.bytes(of: text), at: 0)
            try file.synchronise()
            // What is read back is to come from the card, and not from what the system still has in memory.
            file.forgetCached()
            return file
        }
        try compare(file, shown(part))
    }

    func removePart() { unsafe unlink(part) }

    func verify() throws(FemtosenseError) {
        let file = try attempting("can't read \(shown(path))") { () throws(SystemError) in
            try FileDescriptor(path: path, flags: O_RDONLY | O_NONBLOCK)
        }
        try compare(file, shown(path))
    }

    private func compare(_ file: borrowing FileDescriptor, _ name: String) throws(FemtosenseError) {
        let expected = unsafe program.bytes(of: text)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 1)
        defer { unsafe buffer.deallocate() }
        var offset = 0
        var found = 0
        repeat {
            do throws(SystemError) {
                found = try unsafe file.read(at: offset, into: buffer)
            } catch {
                throw FemtosenseError(.system(error), "can't read \(name)")
            }
            for index in 0..<found
            where unsafe offset + index >= expected.count || buffer[index] != expected[offset + index] {
                throw difference(name, at: offset + index)
            }
            offset += found
        } while found > 0
        guard offset == expected.count else { throw difference(name, at: offset) }
    }

    private func difference(_ name: String, at offset: Int) -> FemtosenseError {
        let line = offset / SPUProgram.bytesOfRecord
        let expected = unsafe program.bytes(of: text)
        guard line * SPUProgram.bytesOfRecord < expected.count else {
            return .invalidFile(name, line: line + 1, "more than the program's \(line) records")
        }
        let record = unsafe Array(expected[(line * SPUProgram.bytesOfRecord)...].prefix(SPUProgram.bytesOfRecord - 1))
        return .invalidFile(name, line: line + 1, "this is not \(quoted(record)), which the program has there")
    }

    // ---- To its place ----

    /// Moves what is at the place to one beside it, if anything is, and returns that.
    func setEarlierAside() throws(SystemError) -> String? {
        guard mode != nil else { return nil }
        let earlier = "\(path).old"
        try rename(path, to: earlier)
        return earlier
    }

    /// - Parameter overwriting: otherwise, what has come there meanwhile stays.
    func move(overwriting: Bool) throws(SystemError) {
        guard !overwriting else { return try rename(part, to: path) }
        guard unsafe platform_rename_new(part, path) != 0 else { return }
        let error = SystemError("renameat2")
        // Some file systems can't tell; that nothing is there was seen before.
        guard error.code == EINVAL || error.code == ENOSYS else { throw error }
        try rename(part, to: path)
    }
}

private func rename(_ from: String, to place: String) throws(SystemError) {
    guard unsafe rename(from, place) == 0 else { throw SystemError("rename") }
}

private func attempting<Result: ~Copyable>(
    _ what: Sentence, _ body: () throws(SystemError) -> Result
) throws(FemtosenseError) -> Result {
    do throws(SystemError) {
        return try body()
    } catch {
        throw FemtosenseError(.system(error), "\(what)")
    }
}
