import Sentences

/// A compiled network: what is to be in each core's memories. Everything about it was checked.
struct ModelImage {
    /// Cores in order, of each its memories in the order of `AddressMap.memories`.
    let cores: [[MemoryImage]]

    /// A part of the chip's memory without gaps, and its words.
    struct Run {
        let bank: Int
        let address: UInt32
        let words: ArraySlice<UInt64>
    }

    struct MemoryImage {
        let runs: [Run]

        var words: Int { runs.reduce(0) { $0 + $1.words.count } }
    }

    /// Far more than any memory's words take, comments included; a file that is longer is something else.
    static let longestFile = 1 << 26

    init(_ source: ImageSource, isLenient: Bool, _ progress: (Progress) -> Bool) throws(FemtosenseError) {
        let metadata = try Self.metadata(source, isLenient: isLenient)
        var total = 0
        for core in metadata.cores.indices {
            for memory in AddressMap.memories {
                total += try source.length(of: Self.name(memory, core), most: Self.longestFile)
            }
        }
        var reader = MemoryReader(source: source, isLenient: isLenient, totalBytes: total)
        var cores: [[MemoryImage]] = []
        for (number, core) in metadata.cores.enumerated() {
            var memories: [MemoryImage] = []
            for memory in AddressMap.memories {
                let words = try reader.words(of: memory, core: number, progress)
                memories.append(try reader.image(of: memory, core: number, core, words))
            }
            cores.append(memories)
        }
        self.cores = cores
    }

    private static func metadata(_ source: ImageSource, isLenient: Bool) throws(FemtosenseError) -> ImageMetadata {
        var text: [UInt8] = []
        _ = try source.length(of: ImageMetadata.name, most: ImageMetadata.longest)
        try source.read(ImageMetadata.name, most: ImageMetadata.longest) { piece throws(FemtosenseError) in
            for index in piece.indices { text.append(piece[index]) }
        }
        return try ImageMetadata(text, file: source.title(of: ImageMetadata.name), isLenient: isLenient)
    }

    static func name(_ memory: CoreMemory, _ core: Int) -> String {
        "test_core_\(core)_\(memory.file)_initial_py_hex.txt"
    }
}

/// How far making a program has come, in bytes of the memories' files.
package struct Progress {
    package let done: Int
    package let total: Int
}

/// Reads the memories' files and takes from them what is to be written.
private struct MemoryReader {
    let source: ImageSource
    let isLenient: Bool
    let totalBytes: Int
    var bytesRead = 0

    mutating func words(of memory: CoreMemory, core: Int, _ progress: (Progress) -> Bool) throws(FemtosenseError)
        -> [UInt64]
    {
        let name = ModelImage.name(memory, core)
        // The vendor's tool takes any; more than a core's addresses can't be written anywhere.
        let limits =
            isLenient
            ? HexReader.Limits(words: Int(AddressMap.end / AddressMap.wordStride), bits: 64)
            : HexReader.Limits(words: memory.words, bits: memory.wordBits)
        var reader = HexReader(file: source.title(of: name), limits)
        var bytes = bytesRead
        try source.read(name, most: ModelImage.longestFile) { piece throws(FemtosenseError) in
            try reader.read(piece)
            bytes += piece.count
            guard progress(Progress(done: min(bytes, totalBytes), total: totalBytes)) else {
                throw FemtosenseError(.interrupted, "the program's progress function asked to stop")
            }
        }
        bytesRead = bytes
        try reader.finish()
        return reader.words
    }

    func image(of memory: CoreMemory, core: Int, _ metadata: ImageMetadata.Core, _ words: [UInt64])
        throws(FemtosenseError) -> ModelImage.MemoryImage
    {
        switch memory.extent {
        case .dataBanks: return try image(of: memory, core: core, metadata.dataBanks, words)
        case .tableBanks: return try image(of: memory, core: core, metadata.tableBanks, words)
        case .file:
            return try image(of: memory, core: core, [ImageMetadata.Count(value: words.count, line: 0)], words)
        case .instructions:
            let count = metadata.instructions
            guard count.value > 0 || words.isEmpty else {
                throw refusal(
                    memory, core, count.line,
                    "core \(core) has 0 instructions, and the file has \(words.count); one of the two is wrong")
            }
            return try image(of: memory, core: core, [count], words)
        }
    }

    private func image(
        of memory: CoreMemory, core: Int, _ sizes: [ImageMetadata.Count], _ words: [UInt64]
    ) throws(FemtosenseError) -> ModelImage.MemoryImage {
        var runs: [ModelImage.Run] = []
        for (bank, size) in sizes.enumerated() where size.value > 0 {
            runs.append(try run(of: memory, core: core, bank: bank, size, words))
        }
        return ModelImage.MemoryImage(runs: runs)
    }

    /// The words of a bank. A file has the banks one after another, unused ones as well.
    private func run(
        of memory: CoreMemory, core: Int, bank: Int, _ size: ImageMetadata.Count, _ words: [UInt64]
    ) throws(FemtosenseError) -> ModelImage.Run {
        let start = bank * memory.bankWords
        let there = max(0, words.count - start)
        guard there >= size.value || (isLenient && there > 0) else {
            throw refusal(
                memory, core, size.line,
                "bank \(bank) is to have \(size.value) word(s), from the file's word \(start) on, and there are \(there)"
            )
        }
        let count = min(size.value, there)
        let offset = memory.offset(ofBank: bank)
        let room = Int((AddressMap.end - offset) / AddressMap.wordStride)
        guard count <= room else {
            throw refusal(
                memory, core, size.line,
                "\(count) word(s) of bank \(bank) would be written beyond the core's memories, where there is room for \(room)"
            )
        }
        return ModelImage.Run(
            bank: bank, address: AddressMap.base(ofCore: core) + offset, words: words[start..<(start + count)])
    }

    private func refusal(_ memory: CoreMemory, _ core: Int, _ line: Int, _ sentence: Sentence) -> FemtosenseError {
        let file = source.title(of: ModelImage.name(memory, core))
        let metadata = source.title(of: ImageMetadata.name)
        return FemtosenseError(
            .invalidFile,
            line > 0 ? "\(file), and \(metadata) line \(line): \(sentence)" : "\(file): \(sentence)")
    }
}
