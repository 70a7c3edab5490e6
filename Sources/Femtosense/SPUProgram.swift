import Sentences

/// What loads a network: writes to the chip's bus in their order, as the two texts that the board's firmware reads from an SD card.
///
/// Line n of the one is write n's byte address, line n of the other its value: eight lower-case hexadecimal digits and a line feed.
///
/// Source: femtodriverpub 1.1.0, the records that it writes.
@safe package final class SPUProgram: @unchecked Sendable {
    package let chip: SPUChip
    package let summary: Summary
    private let addressText: UnsafeMutableBufferPointer<UInt8>
    private let dataText: UnsafeMutableBufferPointer<UInt8>

    static let bytesOfRecord = 9

    package struct Summary: Sendable {
        package var cores = 0
        /// Banks that are powered and written, of all cores.
        package var dataBanks = 0
        package var tableBanks = 0
        /// Words written, of all cores, in the order in which a core's memories are written.
        package var words = [Int](repeating: 0, count: AddressMap.memories.count)
        package var records = 0
    }

    package struct Options {
        let chip: SPUChip
        /// Nil for a chip that has none.
        let key: SPUKey?
        /// Takes what the vendor's tool takes.
        let isLenient: Bool

        /// - Parameters:
        ///   - keyIndex: of the key that the network is encrypted with, and a salt. Nil for the environment's, which is not asked
        ///     for a chip without encryption.
        package init(chip: SPUChip, keyIndex: UInt32?, salt: UInt64?, isLenient: Bool) throws(FemtosenseError) {
            guard chip.isEncrypted || (keyIndex == nil && salt == nil) else {
                throw FemtosenseError(
                    .unsupported, "a key and a salt are for spu1p3; \(chip.name) has no registers for them")
            }
            self.chip = chip
            self.key = chip.isEncrypted ? try SPUKey(index: keyIndex, salt: salt) : nil
            self.isLenient = isLenient
        }
    }

    /// - Parameter progress: told how far it is; false ends it.
    package static func build(
        _ source: ImageSource, _ options: Options, progress: (Progress) -> Bool
    ) throws(FemtosenseError) -> SPUProgram {
        SPUProgram(try ModelImage(source, isLenient: options.isLenient, progress), options)
    }

    /// It can't fail: an object whose initialiser throws would be lost in Embedded Swift.
    private init(_ image: ModelImage, _ options: Options) {
        summary = Self.summary(of: image, options)
        chip = options.chip
        let bytes = summary.records * Self.bytesOfRecord
        unsafe addressText = UnsafeMutableBufferPointer.allocate(capacity: bytes)
        unsafe dataText = UnsafeMutableBufferPointer.allocate(capacity: bytes)
        var writer = unsafe RecordWriter(addresses: addressText, data: dataText)
        writer.write(image, options)
        precondition(writer.records == summary.records)
    }

    deinit {
        unsafe addressText.deallocate()
        unsafe dataText.deallocate()
    }

    package enum Text: Sendable {
        case addresses
        case data
    }

    /// They live as long as the program.
    @unsafe package func bytes(of text: Text) -> UnsafeRawBufferPointer {
        switch text {
        case .addresses: unsafe UnsafeRawBufferPointer(addressText)
        case .data: unsafe UnsafeRawBufferPointer(dataText)
        }
    }

    private static func summary(of image: ModelImage, _ options: Options) -> Summary {
        var summary = Summary()
        summary.cores = image.cores.count
        for core in image.cores {
            summary.dataBanks += core[0].runs.count
            summary.tableBanks += core[1].runs.count
            for (index, memory) in core.enumerated() { summary.words[index] += memory.words }
        }
        let powered = summary.cores + summary.dataBanks + summary.tableBanks
        summary.records = powered * AddressMap.powerUp.count + 2 * summary.words.reduce(0, +)
        if options.key != nil { summary.records += 1 + AddressMap.salt.count }
        return summary
    }
}

/// With what a network is encrypted.
struct SPUKey {
    let index: UInt32
    let salt: UInt64

    /// - Parameters:
    ///   - index: nil for the environment's.
    ///   - salt: nil for the environment's.
    init(index: UInt32?, salt: UInt64?) throws(FemtosenseError) {
        if let index, index >= AddressMap.keys {
            throw FemtosenseError(
                .outOfRange, "key \(index) is not one of the chip's, which are 0 to \(AddressMap.keys - 1)")
        }
        if let index { self.index = index } else { self.index = try SPUEnvironment.keyIndex() }
        if let salt { self.salt = salt } else { self.salt = try SPUEnvironment.salt() }
    }
}

/// Writes a program's records one after the other.
@safe private struct RecordWriter {
    private let addresses: UnsafeMutableBufferPointer<UInt8>
    private let data: UnsafeMutableBufferPointer<UInt8>
    private(set) var records = 0

    init(addresses: UnsafeMutableBufferPointer<UInt8>, data: UnsafeMutableBufferPointer<UInt8>) {
        unsafe self.addresses = unsafe addresses
        unsafe self.data = unsafe data
    }

    /// The power of every core comes before the content of any.
    mutating func write(_ image: ModelImage, _ options: SPUProgram.Options) {
        if let key = options.key { write(key) }
        for (number, core) in image.cores.enumerated() {
            powerUp(.instructions, number)
            for run in core[0].runs { powerUp(.dataBank(run.bank), number) }
            for run in core[1].runs { powerUp(.tableBank(run.bank), number) }
        }
        for core in image.cores {
            for memory in core {
                for run in memory.runs { write(run) }
            }
        }
    }

    private mutating func write(_ key: SPUKey) {
        write(key.index, to: AddressMap.keyIndex)
        for (part, address) in AddressMap.salt.enumerated() {
            write(UInt32(truncatingIfNeeded: key.salt >> (16 * UInt64(part)) & 0xFFFF), to: address)
        }
    }

    private mutating func powerUp(_ place: AddressMap.PowerPlace, _ core: Int) {
        let register = AddressMap.powerRegister(ofCore: core, place)
        for value in AddressMap.powerUp { write(value, to: register) }
    }

    private mutating func write(_ run: ModelImage.Run) {
        var address = run.address
        for word in run.words {
            write(UInt32(truncatingIfNeeded: word), to: address)
            write(UInt32(truncatingIfNeeded: word >> 32), to: address + 4)
            address += AddressMap.wordStride
        }
    }

    private mutating func write(_ value: UInt32, to address: UInt32) {
        unsafe Self.put(address, in: addresses, records)
        unsafe Self.put(value, in: data, records)
        records += 1
    }

    private static func put(_ number: UInt32, in text: UnsafeMutableBufferPointer<UInt8>, _ record: Int) {
        let start = record * SPUProgram.bytesOfRecord
        for digit in 0..<8 {
            let value = UInt8(truncatingIfNeeded: number >> (28 - 4 * UInt32(digit)) & 0xF)
            unsafe text[start + digit] = value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") - 10 + value
        }
        unsafe text[start + 8] = UInt8(ascii: "\n")
    }
}
