import CPlatform

/// Programs that have a file open.
package enum FileUsers {
    /// The first other process that has the file open, such as `python3 (process 4711)`. Nil where there is none, or where the
    /// system doesn't let this user know.
    package static func first(of path: String) -> String? {
        let own = getpid()
        var found: String?
        forEachEntry(of: "/proc") { name in
            guard found == nil, let process = Int32(String(decoding: name, as: UTF8.self)), process != own else {
                return
            }
            let folder = "/proc/\(process)/fd"
            forEachEntry(of: folder) { entry in
                guard found == nil else { return }
                let link = "\(folder)/\(String(decoding: entry, as: UTF8.self))"
                guard pointsTo(path, link) else { return }
                found = "\(programName(process)) (process \(process))"
            }
        }
        return found
    }

    private static func forEachEntry(of folder: String, _ body: ([UInt8]) -> Void) {
        guard let directory = unsafe folder.withCString({ unsafe opendir($0) }) else { return }
        defer { unsafe closedir(directory) }
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { unsafe Array($0.prefix { $0 != 0 }) }
            body(name)
        }
    }

    private static func pointsTo(_ path: String, _ link: String) -> Bool {
        var target = InlineArray<64, UInt8>(repeating: 0)
        var span = target.mutableSpan
        let length = unsafe span.withUnsafeMutableBufferPointer { bytes in
            unsafe bytes.withMemoryRebound(to: CChar.self) { characters in
                unsafe link.withCString { unsafe readlink($0, characters.baseAddress!, characters.count) }
            }
        }
        guard length == path.utf8.count else { return false }
        var index = 0
        for byte in path.utf8 {
            guard target[index] == byte else { return false }
            index += 1
        }
        return true
    }

    private static func programName(_ process: Int32) -> String {
        do throws(SystemError) {
            let file = try FileDescriptor(path: "/proc/\(process)/comm", flags: O_RDONLY)
            var bytes = InlineArray<32, UInt8>(repeating: 0)
            var span = bytes.mutableSpan
            let length = try unsafe span.withUnsafeMutableBufferPointer { buffer throws(SystemError) in
                try unsafe file.read(at: 0, into: UnsafeMutableRawBufferPointer(buffer))
            }
            var name: [UInt8] = []
            for index in 0..<length where bytes[index] != UInt8(ascii: "\n") { name.append(bytes[index]) }
            return String(decoding: name, as: UTF8.self)
        } catch {
            return "a program"
        }
    }
}
