import CLibYAML
import Sentences

/// A YAML document as libyaml reads it: maps and texts, with aliases resolved. The only file here that knows of libyaml.
@safe struct YAMLDocument: ~Copyable {
    private let document: UnsafeMutablePointer<yaml_document_t>
    /// For sentences.
    let file: String

    /// A place in a document: valid as long as that is.
    struct Node {
        fileprivate let number: Int32
    }

    /// Reads one document; a second is refused.
    init(_ text: [UInt8], file: String) throws(FemtosenseError) {
        let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
        defer { unsafe parser.deallocate() }
        guard unsafe yaml_parser_initialize(parser) != 0 else {
            throw FemtosenseError(.outOfMemory, "there is no memory to read \(file)")
        }
        defer { unsafe yaml_parser_delete(parser) }
        let loaded: UnsafeMutablePointer<yaml_document_t>? = unsafe text.withUnsafeBufferPointer { bytes in
            unsafe yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
            return unsafe Self.load(parser)
        }
        guard let loaded = unsafe loaded else { throw unsafe Self.refusal(parser.pointee, file) }
        unsafe document = unsafe loaded
        self.file = file
    }

    deinit {
        unsafe yaml_document_delete(document)
        unsafe document.deallocate()
    }

    /// The parser's first document, if that is there and the only one.
    private static func load(_ parser: UnsafeMutablePointer<yaml_parser_t>) -> UnsafeMutablePointer<yaml_document_t>? {
        let document = UnsafeMutablePointer<yaml_document_t>.allocate(capacity: 1)
        guard unsafe yaml_parser_load(parser, document) != 0 else {
            unsafe document.deallocate()
            return nil
        }
        var next = unsafe yaml_document_t()
        let isWhole = unsafe yaml_parser_load(parser, &next) != 0
        let isOnly = unsafe isWhole && yaml_document_get_root_node(&next) == nil
        if isWhole { unsafe yaml_document_delete(&next) }
        guard isOnly else {
            unsafe yaml_document_delete(document)
            unsafe document.deallocate()
            return nil
        }
        return unsafe document
    }

    private static func refusal(_ parser: yaml_parser_t, _ file: String) -> FemtosenseError {
        let problem: Sentence = unsafe parser.problem == nil ? "" : "\(String(cString: parser.problem))"
        switch unsafe parser.error {
        case YAML_NO_ERROR:
            return unsafe .invalidFile(file, line: Int(parser.mark.line) + 1, "a second document; one was expected")
        case YAML_MEMORY_ERROR: return FemtosenseError(.outOfMemory, "there is no memory to read \(file)")
        case YAML_READER_ERROR:
            return unsafe FemtosenseError(
                .invalidFile, "\(file) is not YAML: \(problem) at byte \(Int(parser.problem_offset))")
        default:
            return unsafe .invalidFile(file, line: Int(parser.problem_mark.line) + 1, "not YAML: \(problem)")
        }
    }

    // ---- Nodes ----

    /// Nil in an empty document.
    var root: Node? { unsafe libyaml_node(document, 1) == nil ? nil : Node(number: 1) }

    /// Counted from 1.
    func line(of node: Node) -> Int { unsafe Int(pointer(node).pointee.start_mark.line) + 1 }

    /// A map's keys and values; nil for what is none.
    func entries(of node: Node) -> [(key: Node, value: Node)]? {
        let map = unsafe pointer(node)
        guard unsafe libyaml_is_mapping(map) != 0 else { return nil }
        var entries: [(key: Node, value: Node)] = []
        for index in 0..<(unsafe libyaml_pair_count(map)) {
            let pair = unsafe libyaml_pair(map, index)
            entries.append((Node(number: pair.key), Node(number: pair.value)))
        }
        return entries
    }

    /// A text's bytes; none for a map or a list.
    func text(of node: Node) -> [UInt8] {
        let scalar = unsafe pointer(node)
        guard unsafe libyaml_is_scalar(scalar) != 0 else { return [] }
        let bytes = unsafe UnsafeBufferPointer(start: libyaml_text(scalar), count: libyaml_text_length(scalar))
        return unsafe Array(bytes)
    }

    /// A whole number, decimal or, with 0x, hexadecimal; nil for what is none, or has over 15 digits. Text in quotes is no number, and
    /// neither is one that YAML's versions read differently, such as 010.
    func number(of node: Node) -> Int? {
        guard unsafe libyaml_is_plain(pointer(node)) != 0 else { return nil }
        var digits = text(of: node)[...]
        let isNegative = digits.first == UInt8(ascii: "-")
        if isNegative || digits.first == UInt8(ascii: "+") { digits = digits.dropFirst() }
        let isHexadecimal = digits.starts(with: [UInt8(ascii: "0"), UInt8(ascii: "x")])
        if isHexadecimal { digits = digits.dropFirst(2) }
        guard 1...15 ~= digits.count else { return nil }
        guard isHexadecimal || digits.count == 1 || digits.first != UInt8(ascii: "0") else { return nil }
        var number = 0
        for byte in digits {
            guard let digit = hexadecimalDigit(byte), isHexadecimal || digit < 10 else { return nil }
            number = number * (isHexadecimal ? 16 : 10) + Int(digit)
        }
        return isNegative ? -number : number
    }

    /// Nodes come from this document alone.
    private func pointer(_ node: Node) -> UnsafePointer<yaml_node_t> { unsafe libyaml_node(document, node.number)! }
}
