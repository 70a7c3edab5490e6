import Testing

@testable import Femtosense

/// What is refused, with what words; and what of it the vendor's tool would take.
@Suite struct RefusalTests {
    struct Damage: Sendable, CustomTestStringConvertible {
        let file: String
        let text: String
        let words: [String]
        var isTakenLeniently = false

        var testDescription: String { words.joined(separator: ", ") }
    }

    private static func metadata(
        data: String = "{0: {0: 3, 1: 0, 2: 0, 3: 0, 4: 0, 5: 0, 6: 0, 7: 0}}",
        table: String = "{0: {0: 2, 1: 0, 2: 0, 3: 0}}", counts: String = "{0: 2}",
        rest: String = "inputs: {}\noutputs: {}\n"
    ) -> String {
        "data_bank_sizes: \(data)\ntable_bank_sizes: \(table)\ninst_counts: \(counts)\n\(rest)"
    }

    private static func inMetadata(_ text: String, _ words: String..., isTakenLeniently: Bool = false) -> Damage {
        Damage(file: "metadata.yaml", text: text, words: ["metadata.yaml"] + words, isTakenLeniently: isTakenLeniently)
    }

    static let damages: [Damage] = [
        inMetadata("", "empty"),
        inMetadata("- 1\n", "line 1", "not a map"),
        inMetadata("a: b: c\n", "line 1", "not YAML"),
        inMetadata("\u{0}", "not YAML"),
        inMetadata(metadata() + "---\na: 1\n", "second document"),
        inMetadata(metadata(rest: "inputs: {}\n"), "no outputs"),
        inMetadata(metadata(rest: "inputs:\noutputs: {}\n"), "line 4", "inputs is not a map"),
        inMetadata(metadata() + "inputs: {}\n", "line 6", "second time"),
        inMetadata(metadata(counts: "{1: 2}"), "line 3", "not core 0"),
        inMetadata(metadata(counts: "{0: 2, 1: 0, 2: 0}"), "line 3", "\"2\" is not a core", "0 to 1"),
        inMetadata(metadata(counts: "{}"), "line 3", "no core", isTakenLeniently: true),
        inMetadata(metadata(counts: "{0: -1}"), "line 3", "\"-1\""),
        inMetadata(metadata(counts: "{0: '2'}"), "line 3", "\"2\"", "from 0 to 8189"),
        inMetadata(metadata(counts: "{0: 2.0}"), "line 3", "\"2.0\""),
        inMetadata(metadata(counts: "{0: 99999999999999999999}"), "line 3"),
        inMetadata(metadata(counts: "{0: 8190}"), "line 3", "8189", isTakenLeniently: true),
        inMetadata(
            metadata(counts: "{0: 4}"), "instr_mem", "line 3", "4 word(s)", "there are 3", isTakenLeniently: true),
        inMetadata(metadata(counts: "{0: 0}"), "instr_mem", "line 3", "0 instructions"),
        inMetadata(metadata(data: "{}"), "line 1", "data_bank_sizes has no core 0", isTakenLeniently: true),
        inMetadata(
            metadata(table: "{0: {0: 2, 1: 0, 2: 0, 3: 0}, 1: {0: 0, 1: 0, 2: 0, 3: 0}}"), "line 2",
            "\"1\" is not a core; inst_counts has 0",
            isTakenLeniently: true),
        inMetadata(metadata(data: "{0: 5}"), "line 1", "not a map of banks 0 to 7"),
        inMetadata(metadata(data: "{0: {0: 3}}"), "line 1", "core 0 has no bank 1"),
        inMetadata(metadata(data: "{0: {0: 3, 0: 3}}"), "line 1", "bank 0 is here for the second time"),
        inMetadata(metadata(table: "{0: {0: 2, 1: 0, 2: 0, 3: 0, 4: 0}}"), "line 2", "\"4\" is not a bank", "0 to 3"),
        inMetadata(
            metadata(data: "{0: {0: 8193, 1: 0, 2: 0, 3: 0, 4: 0, 5: 0, 6: 0, 7: 0}}"), "line 1", "8193", "8192",
            isTakenLeniently: true),
        inMetadata(
            metadata(table: "{0: {0: 2, 1: 1, 2: 0, 3: 0}}"), "table_mem", "line 2", "bank 1", "word 2048",
            "there are 0"),
        inMetadata(
            metadata(table: "{0: {0: 3, 1: 0, 2: 0, 3: 0}}"), "table_mem", "line 2", "there are 2",
            isTakenLeniently: true),
        Damage(
            file: "test_core_0_table_mem_initial_py_hex.txt", text: "1\n10000\n",
            words: ["test_core_0_table_mem_initial_py_hex.txt line 2", "16 bits"], isTakenLeniently: true),
        Damage(
            file: "test_core_0_sboard_initial_py_hex.txt", text: String(repeating: "1\n", count: 65),
            words: ["sboard", "line 65", "64"], isTakenLeniently: true),
        Damage(file: "test_core_0_sboard_initial_py_hex.txt", text: "1\n0x\n", words: ["sboard", "line 2"]),
    ]

    @Test(arguments: damages) func refuses(_ damage: Damage) throws {
        let image = Image.example.replacing(damage.file, with: damage.text)
        let refusal = try #require(try image.refusal())
        for word in damage.words { #expect(refusal.contains(word), "\(refusal)") }
        #expect((try image.refusal(isLenient: true) == nil) == damage.isTakenLeniently)
    }

    @Test func everyFileMustBeThere() throws {
        for file in Image.example.files {
            var image = Image.example
            image.files.removeAll { $0.name == file.name }
            #expect(try #require(try image.refusal()).contains("\"\(file.name)\""))
        }
    }

    @Test func whatIsTakenLenientlyIsWrittenAsTheVendorsToolDoes() throws {
        let spilling = Image.example
            .replacing("metadata.yaml", with: Self.metadata(table: "{0: {0: 2049, 1: 1, 2: 0, 3: 0}}"))
            .replacing(
                "test_core_0_table_mem_initial_py_hex.txt", with: String(repeating: "0\n", count: 2048) + "1ffff\n")
        let records = try spilling.program(chip: .spu1p2, isLenient: true).records
        #expect(records.contains("00184000 0001ffff"))
        #expect(records.contains("00190000 0001ffff"))
        let short = Image.example.replacing("metadata.yaml", with: Self.metadata(counts: "{0: 9}"))
        #expect(
            try short.program(chip: .spu1p2, isLenient: true).records.suffix(2) == [
                "001f0010 00000001", "001f0014 00000000",
            ])
    }
}
