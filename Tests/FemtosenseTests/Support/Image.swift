import Testing

@testable import Femtosense

/// A compiler's output held in memory: files by name.
struct Image {
    var files: [(name: String, text: [UInt8])]

    init(_ files: KeyValuePairs<String, String>) {
        self.files = files.map { (name: $0.key, text: Array($0.value.utf8)) }
    }

    /// The image that the vendor's tool was seen to read.
    static let example = Image([
        "metadata.yaml": """
        data_bank_sizes: {0: {0: 3, 1: 0, 2: 0, 3: 0, 4: 0, 5: 0, 6: 0, 7: 0}}
        table_bank_sizes: {0: {0: 2, 1: 0, 2: 0, 3: 0}}
        inst_counts: {0: 2}
        inputs: {}
        outputs: {}
        """,
        "test_core_0_data_mem_initial_py_hex.txt":
            "1122334455667788\n99aabbccddeeff00\n0102030405060708\n000000000000dead\n",
        "test_core_0_table_mem_initial_py_hex.txt": "abcd\n1234\n",
        "test_core_0_sboard_initial_py_hex.txt": "001\n002\n",
        "test_core_0_rqueue_initial_py_hex.txt": "00\n01\n",
        "test_core_0_progbuf_initial_py_hex.txt": "0005\n0006\n",
        "test_core_0_instr_mem_initial_py_hex.txt": "cafebabedeadbeef\n0f0e0d0c0b0a0908\n0000000000000001\n",
    ])

    func replacing(_ name: String, with text: String) -> Image {
        var image = self
        image.files.removeAll { $0.name == name }
        image.files.append((name: name, text: Array(text.utf8)))
        return image
    }

    /// Calls a function with where the files are; they are there as long as it runs.
    func withSource<Result>(_ body: (ImageSource) throws -> Result) rethrows -> Result {
        let copies = files.map { file in
            let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: file.text.count, alignment: 1)
            bytes.copyBytes(from: file.text)
            return bytes
        }
        defer { for bytes in copies { bytes.deallocate() } }
        return try body(
            .memory(zip(files, copies).map { MemoryFile(name: $0.name, bytes: UnsafeRawBufferPointer($1)) }))
    }

    /// Key and salt are given, so that no test depends on the environment.
    func program(
        chip: SPUChip = .spu1p3, keyIndex: UInt32 = 0, salt: UInt64 = 0, isLenient: Bool = false
    ) throws -> SPUProgram {
        try withSource { source in
            try SPUProgram.build(
                source,
                SPUProgram.Options(
                    chip: chip, keyIndex: chip.isEncrypted ? keyIndex : nil, salt: chip.isEncrypted ? salt : nil,
                    isLenient: isLenient)
            ) { _ in true }
        }
    }

    /// Why there is no program of it; nil if there is.
    func refusal(isLenient: Bool = false) throws -> String? {
        do {
            _ = try program(isLenient: isLenient)
            return nil
        } catch let error as FemtosenseError {
            return error.sentence.text
        }
    }
}

extension SPUProgram {
    /// Lines of both texts side by side, such as `00000018 00000000`.
    var records: [String] {
        let texts = [Text.addresses, .data].map {
            String(decoding: bytes(of: $0), as: UTF8.self).split(separator: "\n")
        }
        return zip(texts[0], texts[1]).map { "\($0) \($1)" }
    }
}
