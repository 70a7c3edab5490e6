import Sentences

/// What `metadata.yaml` says of a compiled network that matters here: how much of each core's memories is used.
///
/// Source: femtodriverpub 1.1.0, as observed.
struct ImageMetadata {
    static let name = "metadata.yaml"
    /// The compiler's have a few thousand bytes; what YAML makes of them in memory has a few hundred times as many.
    static let longest = 1 << 18

    /// A number, and where it stands.
    struct Count {
        let value: Int
        let line: Int
    }

    struct Core {
        /// 64-bit words that each data bank uses; empty where the core has no data memory.
        var dataBanks: [Count]
        /// 16-bit words that each table bank uses; empty where the core has no table memory.
        var tableBanks: [Count]
        let instructions: Count
    }

    let cores: [Core]

    /// - Parameter isLenient: takes what the vendor's tool takes.
    init(_ text: [UInt8], file: String, isLenient: Bool) throws(FemtosenseError) {
        let reader = MetadataReader(document: try YAMLDocument(text, file: file), isLenient: isLenient)
        cores = try reader.cores()
    }
}

private struct MetadataReader: ~Copyable {
    let document: YAMLDocument
    let isLenient: Bool

    typealias Node = YAMLDocument.Node

    func cores() throws(FemtosenseError) -> [ImageMetadata.Core] {
        guard let root = document.root else {
            throw FemtosenseError(.invalidFile, "\(document.file) is empty; \(Self.expected)")
        }
        guard let entries = document.entries(of: root) else { throw refusal(at: root, "not a map; \(Self.expected)") }
        for key in ["inputs", "outputs"] as [StaticString] { _ = try map(key, entries) }
        let counts = try instructionCounts(try map("inst_counts", entries))
        let dataBanks = try bankSizes(try map("data_bank_sizes", entries), cores: counts.count, AddressMap.data)
        let tableBanks = try bankSizes(try map("table_bank_sizes", entries), cores: counts.count, AddressMap.table)
        return counts.indices.map {
            ImageMetadata.Core(dataBanks: dataBanks[$0], tableBanks: tableBanks[$0], instructions: counts[$0])
        }
    }

    private static let expected: Sentence =
        "the compiler writes a map of data_bank_sizes, table_bank_sizes, inst_counts, inputs and outputs"

    /// One of the document's maps.
    private struct Map {
        let name: StaticString
        let key: Node
        let entries: [(key: Node, value: Node)]
    }

    private func map(_ name: StaticString, _ entries: [(key: Node, value: Node)]) throws(FemtosenseError) -> Map {
        var found: Map?
        for entry in entries where isText(entry.key, name) {
            guard found == nil else { throw refusal(at: entry.key, "\(name) is here for the second time") }
            guard let inner = document.entries(of: entry.value) else {
                throw refusal(at: entry.key, "\(name) is not a map; without entries it is {}")
            }
            found = Map(name: name, key: entry.key, entries: inner)
        }
        guard let found else {
            throw FemtosenseError(.invalidFile, "\(document.file) has no \(name); \(Self.expected)")
        }
        return found
    }

    private func isText(_ node: Node, _ name: StaticString) -> Bool {
        unsafe document.text(of: node).elementsEqual(
            UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
    }

    private func instructionCounts(_ map: Map) throws(FemtosenseError) -> [ImageMetadata.Count] {
        guard !map.entries.isEmpty || isLenient else {
            throw refusal(at: map.key, "\(map.name) has no core, so there is nothing to program")
        }
        let counts = try numbered("\(map.name)", "core", map.entries, below: AddressMap.cores, whose: "the chip's are")
        {
            value, title throws(FemtosenseError) in
            try count(value, "\(title)", "instructions", most: AddressMap.instructions.words)
        }
        var inOrder: [ImageMetadata.Count] = []
        for core in 0..<map.entries.count {
            guard let count = counts[core] else {
                throw refusal(
                    at: map.key,
                    "\(map.name) has \(map.entries.count) core(s) and not core \(core); they count from 0 without gaps")
            }
            inOrder.append(count)
        }
        return inOrder
    }

    /// Each core's sizes of the banks of a memory.
    private func bankSizes(_ map: Map, cores: Int, _ memory: CoreMemory) throws(FemtosenseError)
        -> [[ImageMetadata.Count]]
    {
        // Other cores mean nothing to the vendor's tool.
        let found = try numbered(
            "\(map.name)", "core", map.entries, below: cores, whose: "inst_counts has", isMoreIgnored: isLenient
        ) { value, title throws(FemtosenseError) in
            try bankSizes(of: value, title, memory)
        }
        for core in found.indices where !isLenient && found[core] == nil {
            throw refusal(
                at: map.key, "\(map.name) has no core \(core), which inst_counts has; an unused bank's size is 0")
        }
        return found.map { $0 ?? [] }
    }

    private func bankSizes(of node: Node, _ title: Sentence, _ memory: CoreMemory) throws(FemtosenseError)
        -> [ImageMetadata.Count]
    {
        guard let entries = document.entries(of: node) else {
            throw refusal(at: node, "\(title) is not a map of banks 0 to \(memory.banks - 1)")
        }
        let found = try numbered(title, "bank", entries, below: memory.banks, whose: "the memory's are") {
            value, title throws(FemtosenseError) in
            try count(value, title, "words", most: memory.bankWords)
        }
        var sizes: [ImageMetadata.Count] = []
        for bank in found.indices {
            guard let size = found[bank] else {
                throw refusal(at: node, "\(title) has no bank \(bank); an unused bank's size is 0")
            }
            sizes.append(size)
        }
        return sizes
    }

    /// A map whose keys are numbers from 0, as a list: nil where a number has no entry.
    ///
    /// - Parameter whose: by what the numbers end, such as "the chip's are".
    private func numbered<Value>(
        _ title: Sentence, _ what: StaticString, _ entries: [(key: Node, value: Node)], below limit: Int,
        whose: StaticString, isMoreIgnored: Bool = false, _ read: (Node, Sentence) throws(FemtosenseError) -> Value
    ) throws(FemtosenseError) -> [Value?] {
        var values = [Value?](repeating: nil, count: limit)
        for entry in entries {
            let number = document.number(of: entry.key)
            if isMoreIgnored, let number, number >= limit { continue }
            guard let number, 0..<limit ~= number else {
                let numbers: Sentence = limit == 1 ? "0" : "0 to \(limit - 1)"
                throw refusal(
                    at: entry.key,
                    "\(title): \(quoted(document.text(of: entry.key))) is not a \(what); \(whose) \(numbers)")
            }
            let title: Sentence = "\(title), \(what) \(number)"
            guard values[number] == nil else { throw refusal(at: entry.key, "\(title) is here for the second time") }
            values[number] = try read(entry.value, title)
        }
        return values
    }

    /// - Parameter most: what the memory has room for. The vendor's tool doesn't look.
    private func count(_ node: Node, _ title: Sentence, _ unit: StaticString, most: Int) throws(FemtosenseError)
        -> ImageMetadata.Count
    {
        guard let value = document.number(of: node), value >= 0 else {
            throw refusal(
                at: node,
                "\(title) is \(quoted(document.text(of: node))); a number of \(unit) from 0 to \(most) was expected")
        }
        guard value <= most || isLenient else {
            throw refusal(at: node, "\(title) is \(value) \(unit), and there is room for \(most)")
        }
        return ImageMetadata.Count(value: value, line: document.line(of: node))
    }

    private func refusal(at node: Node, _ sentence: Sentence) -> FemtosenseError {
        .invalidFile(document.file, line: document.line(of: node), sentence)
    }
}
