/// Versions of the chip.
package enum SPUChip: CaseIterable, Sendable {
    case spu1p2
    case spu1p3

    package var name: StaticString {
        switch self {
        case .spu1p2: "spu1p2"
        case .spu1p3: "spu1p3"
        }
    }

    /// Whether it has registers for a key and a salt.
    package var isEncrypted: Bool { self == .spu1p3 }
}

/// One of a core's memories: what the compiler calls its file, and where its words go.
struct CoreMemory {
    /// As in the file's name.
    let file: StaticString
    /// From the core's base.
    let offset: UInt32
    let banks: Int
    /// A bank's words.
    let bankWords: Int
    let wordBits: Int
    let extent: Extent

    /// How many of the file's words are written.
    enum Extent {
        /// Of each bank as many as `metadata.yaml` says of data, or of table banks.
        case dataBanks
        case tableBanks
        /// All of them.
        case file
        /// As many as `metadata.yaml` says there are instructions.
        case instructions
    }

    var words: Int { banks * bankWords }

    func offset(ofBank bank: Int) -> UInt32 { offset + 0x1_0000 * UInt32(bank) }
}

/// Where everything is on the chip's 32-bit APB bus, in bytes. Both versions have the same map.
///
/// Source: femtodriverpub 1.1.0, its address tables, seen in the records that it writes.
enum AddressMap {
    static let cores = 2

    static func base(ofCore core: Int) -> UInt32 { 0x10_0000 * UInt32(core + 1) }

    /// Every word takes 64 bits, in two writes, the low half first; also where a memory's words are narrower.
    static let wordStride: UInt32 = 8

    /// Registers that end a core's memories, from its base (HEAD_TAIL).
    static let end: UInt32 = 0xF_FFE8

    static let data = CoreMemory(
        file: "data_mem", offset: 0x0_0000, banks: 8, bankWords: 8192, wordBits: 64, extent: .dataBanks)
    static let table = CoreMemory(
        file: "table_mem", offset: 0x8_0000, banks: 4, bankWords: 2048, wordBits: 16, extent: .tableBanks)
    static let scoreboard = CoreMemory(
        file: "sboard", offset: 0xC_0000, banks: 1, bankWords: 64, wordBits: 64, extent: .file)
    static let readyQueue = CoreMemory(
        file: "rqueue", offset: 0xD_0000, banks: 1, bankWords: 64, wordBits: 64, extent: .file)
    static let programBuffer = CoreMemory(
        file: "progbuf", offset: 0xE_0000, banks: 1, bankWords: 64, wordBits: 64, extent: .file)
    static let instructions = CoreMemory(
        file: "instr_mem", offset: 0xF_0000, banks: 1, bankWords: 0xFFE8 / 8, wordBits: 64, extent: .instructions)

    /// In the order in which they are written.
    static let memories = [data, table, scoreboard, readyQueue, programBuffer, instructions]

    // ---- Power ----

    /// A core's registers are one after the other, the cores' as well, after as many of the system's.
    private static let coreRegisters: UInt32 = 13

    /// The register that powers a bank: DM_CONF0 ... 7, TM_CONF0 ... 3 and IM_CONF, in this order.
    static func powerRegister(ofCore core: Int, _ place: PowerPlace) -> UInt32 {
        let index: UInt32 =
            switch place {
            case .dataBank(let bank): UInt32(bank)
            case .tableBank(let bank): 8 + UInt32(bank)
            case .instructions: 12
            }
        return (UInt32(core + 1) * coreRegisters + index) * 4
    }

    enum PowerPlace {
        case dataBank(Int)
        case tableBank(Int)
        case instructions
    }

    /// What is written to power a bank up, one after the other: CD, which ends its power-down, and ON.
    static let powerUp: [UInt32] = [0x0_5098, 0x1_1098]

    // ---- Encryption, of version 1.3 ----

    static let keyIndex: UInt32 = 0x18
    static let keys: UInt32 = 32
    /// The salt's 16 bits each, the lowest first.
    static let salt: [UInt32] = [0x28, 0x24, 0x20, 0x1C]
}
