import Testing

@testable import Femtosense

@Suite struct SPUProgramTests {
    /// As the vendor's tool wrote them.
    static let encryption = [
        "00000018 00000000", "00000028 00000000", "00000024 00000000", "00000020 00000000", "0000001c 00000000",
    ]
    static let network = """
        00000064 00005098
        00000064 00011098
        00000034 00005098
        00000034 00011098
        00000054 00005098
        00000054 00011098
        00100000 55667788
        00100004 11223344
        00100008 ddeeff00
        0010000c 99aabbcc
        00100010 05060708
        00100014 01020304
        00180000 0000abcd
        00180004 00000000
        00180008 00001234
        0018000c 00000000
        001c0000 00000001
        001c0004 00000000
        001c0008 00000002
        001c000c 00000000
        001d0000 00000000
        001d0004 00000000
        001d0008 00000001
        001d000c 00000000
        001e0000 00000005
        001e0004 00000000
        001e0008 00000006
        001e000c 00000000
        001f0000 deadbeef
        001f0004 cafebabe
        001f0008 0b0a0908
        001f000c 0f0e0d0c
        """.split(separator: "\n").map(String.init)

    @Test func exampleOfBothChips() throws {
        #expect(try Image.example.program().records == Self.encryption + Self.network)
        #expect(try Image.example.program(chip: .spu1p2).records == Self.network)
    }

    @Test func textsAreLinesOfNineBytes() throws {
        let program = try Image.example.program()
        for text in [SPUProgram.Text.addresses, .data] {
            let bytes = Array(program.bytes(of: text))
            #expect(bytes.count == 9 * 37)
            #expect(stride(from: 8, to: bytes.count, by: 9).allSatisfy { bytes[$0] == UInt8(ascii: "\n") })
        }
    }

    @Test func keyAndSalt() throws {
        let program = try Image.example.program(keyIndex: 5, salt: 0x0123_4567_89AB_CDEF)
        #expect(
            program.records.prefix(5) == [
                "00000018 00000005", "00000028 0000cdef", "00000024 000089ab", "00000020 00004567", "0000001c 00000123",
            ])
        #expect(throws: FemtosenseError.self) { try Image.example.program(keyIndex: 32) }
        #expect(throws: FemtosenseError.self) {
            try SPUProgram.Options(chip: .spu1p2, keyIndex: nil, salt: 0, isLenient: false)
        }
    }

    /// 5 + 2 x 3 + 2 x (8192 + 2048 + 2 + 2 + 2 + 2), as the vendor's tool counted.
    @Test func aFullBankOfEach() throws {
        let image = Image.example
            .replacing(
                "metadata.yaml",
                with: """
                    data_bank_sizes: {0: {0: 8192, 1: 0, 2: 0, 3: 0, 4: 0, 5: 0, 6: 0, 7: 0}}
                    table_bank_sizes: {0: {0: 2048, 1: 0, 2: 0, 3: 0}}
                    inst_counts: {0: 2}
                    inputs: {}
                    outputs: {}
                    """
            )
            .replacing(
                "test_core_0_data_mem_initial_py_hex.txt", with: String(repeating: "1\n", count: 8192)
            )
            .replacing("test_core_0_table_mem_initial_py_hex.txt", with: String(repeating: "2\n", count: 2048))
        let program = try image.program()
        #expect(program.records.count == 20507)
        #expect(program.summary.words == [8192, 2048, 2, 2, 2, 2])
        #expect(program.summary.dataBanks == 1)
    }

    /// Both cores' power comes before any content, and the second core's registers follow the first's.
    @Test func twoCores() throws {
        var image = Image.example.replacing(
            "metadata.yaml",
            with: """
                inst_counts: {1: 1, 0: 2}
                data_bank_sizes: {0: &unused {0: 0, 1: 0, 2: 0, 3: 0, 4: 0, 5: 0, 6: 0, 7: 0}, 1: *unused}
                table_bank_sizes:
                  0: {0: 0, 1: 0, 2: 0, 3: 0}
                  1: {0: 1, 1: 0, 2: 0, 3: 1}
                outputs: {}
                inputs: {}
                """)
        for memory in AddressMap.memories {
            image = image.replacing(
                ModelImage.name(memory, 1),
                with: memory.file.description == "table_mem"
                    ? "7\n" + String(repeating: "0\n", count: 6143) + "8\n" : "9\n")
        }
        #expect(
            try image.program(chip: .spu1p2).records.prefix(8) == [
                "00000064 00005098", "00000064 00011098", "00000098 00005098", "00000098 00011098", "00000088 00005098",
                "00000088 00011098", "00000094 00005098", "00000094 00011098",
            ])
        #expect(
            try image.program().records.suffix(12) == [
                "00280000 00000007", "00280004 00000000", "002b0000 00000008", "002b0004 00000000", "002c0000 00000009",
                "002c0004 00000000", "002d0000 00000009", "002d0004 00000000", "002e0000 00000009", "002e0004 00000000",
                "002f0000 00000009", "002f0004 00000000",
            ])
    }

    @Test func progressComesToItsEndAndCanStop() throws {
        let options = try SPUProgram.Options(chip: .spu1p2, keyIndex: nil, salt: nil, isLenient: false)
        try Image.example.withSource { source in
            var seen: [Int] = []
            var total = 0
            _ = try SPUProgram.build(source, options) { progress in
                seen.append(progress.done)
                total = progress.total
                return true
            }
            #expect(seen == seen.sorted() && seen.last == total && total > 0)
            #expect(throws: FemtosenseError.self) { try SPUProgram.build(source, options) { _ in false } }
        }
    }
}
