#if !ONE_MODULE
    @testable import Femtosense
#endif

/// What must hold of any bytes that are taken for a compiler's output.
///
/// The first byte says for which chip, and in what pieces words are read; files follow, each ended by 0xFF: the metadata, and the
/// memories of core 0 and of core 1. What is missing is empty.
struct ImageChecks {
    private let way: UInt8
    private let files: [(name: String, text: [UInt8])]

    static func broken(by bytes: [UInt8]) -> [String] {
        let checks = ImageChecks(bytes)
        return checks.programs() + checks.words()
    }

    private init(_ bytes: [UInt8]) {
        way = bytes.first ?? 0
        var names = [ImageMetadata.name]
        for core in 0..<AddressMap.cores { names += AddressMap.memories.map { ModelImage.name($0, core) } }
        let texts = bytes.dropFirst().split(separator: 0xFF, omittingEmptySubsequences: false).map(Array.init)
        files = names.enumerated().map { (name: $1, text: $0 < texts.count ? texts[$0] : []) }
    }

    private func programs() -> [String] {
        let strict = program(isLenient: false)
        let lenient = program(isLenient: true)
        var broken: [String] = []
        for result in [strict, lenient] {
            switch result {
            case .success(let program): broken += Self.broken(program)
            case .failure(let error): broken += Self.broken(error)
            }
        }
        if case .success(let one) = strict {
            guard case .success(let other) = lenient else { return broken + ["refused leniently only"] }
            for text in [SPUProgram.Text.addresses, .data]
            where !one.bytes(of: text).elementsEqual(other.bytes(of: text)) {
                broken.append("another program, leniently")
            }
        }
        return broken
    }

    private func program(isLenient: Bool) -> Result<SPUProgram, FemtosenseError> {
        let copies = files.map { file in
            let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: file.text.count, alignment: 1)
            bytes.copyBytes(from: file.text)
            return bytes
        }
        defer { for bytes in copies { bytes.deallocate() } }
        let given = zip(files, copies).map { MemoryFile(name: $0.name, bytes: UnsafeRawBufferPointer($1)) }
        return Result { () throws(FemtosenseError) in
            let isEncrypted = way & 1 != 0
            let options = try SPUProgram.Options(
                chip: isEncrypted ? .spu1p3 : .spu1p2, keyIndex: isEncrypted ? 31 : nil, salt: isEncrypted ? .max : nil,
                isLenient: isLenient)
            return try SPUProgram.build(.memory(given), options) { $0.done <= $0.total }
        }
    }

    /// Every address is one of the chip's, and a multiple of four; the texts are as long as the summary says.
    private static func broken(_ program: SPUProgram) -> [String] {
        var broken: [String] = []
        let length = program.summary.records * SPUProgram.bytesOfRecord
        if program.bytes(of: .addresses).count != length || program.bytes(of: .data).count != length {
            broken.append("texts of another length")
        }
        for line in String(decoding: program.bytes(of: .addresses), as: UTF8.self).split(separator: "\n") {
            let address = UInt32(line, radix: 16) ?? 1
            let isMemory = 0x10_0000..<0x30_0000 ~= address && address & 0xF_FFFF < AddressMap.end
            if address % 4 != 0 || !(isMemory || 0x18...0x98 ~= address) { broken.append("address \(line)") }
        }
        return broken
    }

    private static func broken(_ error: FemtosenseError) -> [String] {
        let sentence = error.sentence.text
        guard !sentence.isEmpty, sentence.utf8.allSatisfy({ $0 >= 0x20 }) else { return ["a sentence of \(sentence)"] }
        if case .interrupted = error.kind { return ["more was read than there is"] }
        return []
    }

    /// In whatever pieces a file comes, its words, or what is wrong with it, are the same.
    private func words() -> [String] {
        let text = files[1].text
        let whole = Self.words(text, inPiecesOf: max(text.count, 1))
        let pieces = Self.words(text, inPiecesOf: 1 + Int(way >> 4))
        return whole == pieces ? [] : ["\(pieces) in pieces instead of \(whole)"]
    }

    private static func words(_ text: [UInt8], inPiecesOf length: Int) -> String {
        var reader = HexReader(file: "", HexReader.Limits(words: 100, bits: 32))
        do throws(FemtosenseError) {
            var start = 0
            while start < text.count {
                let piece = Array(text[start..<min(start + length, text.count)])
                try reader.read(piece.span)
                start += length
            }
            try reader.finish()
            return "\(reader.words)"
        } catch {
            return error.sentence.text
        }
    }
}
