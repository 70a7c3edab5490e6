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

    /// The compiler nests four deep, and PyYAML gives each map that is there twice an anchor.
    private static let deepest = 32
    private static let mostAnchors = 1024

    /// Reads one document; a second is refused.
    ///
    /// What libyaml would take long for, which is deep nesting and many anchors, is found out first and refused.
    init(_ text: [UInt8], file: String) throws(FemtosenseError) {
        unsafe try Self.withParser(text, file) { parser throws(FemtosenseError) in
            try unsafe Self.checkShape(parser, file)
        }
        unsafe document = try Self.load(text, file)
        self.file = file
    }

    deinit {
        unsafe yaml_document_delete(document)
        unsafe document.deallocate()
    }

    private static func load(_ text: [UInt8], _ file: String) throws(FemtosenseError) -> UnsafeMutablePointer<
        yaml_document_t
    > {
        let document = UnsafeMutablePointer<yaml_document_t>.allocate(capacity: 1)
        do throws(FemtosenseError) {
            unsafe try withParser(text, file) { parser throws(FemtosenseError) in
                guard unsafe yaml_parser_load(parser, document) != 0 else {
                    throw unsafe refusal(parser.pointee, file)
                }
            }
        } catch {
            unsafe document.deallocate()
            throw error
        }
        return unsafe document
    }

    private static func withParser(
        _ text: [UInt8], _ file: String, _ body: (UnsafeMutablePointer<yaml_parser_t>) throws(FemtosenseError) -> Void
    ) throws(FemtosenseError) {
        let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
        defer { unsafe parser.deallocate() }
        guard unsafe yaml_parser_initialize(parser) != 0 else {
            throw FemtosenseError(.outOfMemory, "there is no memory to read \(file)")
        }
        defer { unsafe yaml_parser_delete(parser) }
        try unsafe text.withUnsafeBufferPointer { bytes throws(FemtosenseError) in
            unsafe yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
            try unsafe body(parser)
        }
    }

    private static func checkShape(_ parser: UnsafeMutablePointer<yaml_parser_t>, _ file: String)
        throws(FemtosenseError)
    {
        var event = unsafe yaml_event_t()
        var isOver = false
        var documents = 0
        var depth = 0
        var anchors = 0
        while !isOver {
            guard unsafe yaml_parser_parse(parser, &event) != 0 else { throw unsafe refusal(parser.pointee, file) }
            let line = unsafe Int(event.start_mark.line) + 1
            isOver = unsafe event.type == YAML_STREAM_END_EVENT
            if unsafe event.type == YAML_DOCUMENT_START_EVENT { documents += 1 }
            depth += Int(unsafe libyaml_nesting(&event))
            anchors += Int(unsafe libyaml_has_anchor(&event))
            unsafe yaml_event_delete(&event)
            guard documents <= 1 else { throw .invalidFile(file, line: line, "a second document; one was expected") }
            guard depth <= deepest, anchors <= mostAnchors else {
                throw .invalidFile(
                    file, line: line,
                    "more than \(deepest) maps or lists within each other, or than \(mostAnchors) anchors; the compiler writes none "
                        + "such")
            }
        }
    }

    private static func refusal(_ parser: yaml_parser_t, _ file: String) -> FemtosenseError {
        let problem: Sentence = unsafe parser.problem == nil ? "" : "\(String(cString: parser.problem))"
        switch unsafe parser.error {
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
