import EventFormats
import Testing

@Suite("StreamDefects")
struct StreamDefectsTests {
    @Test("There are none at first", arguments: StreamDefects.Kind.allCases)
    func none(_ kind: StreamDefects.Kind) {
        let defects = StreamDefects()
        #expect(defects[kind].count == 0 && defects[kind].firstOffset == 0 && defects.total == 0)
    }

    @Test("Each kind is counted apart, with the offset of its first", arguments: StreamDefects.Kind.allCases)
    func counts(_ kind: StreamDefects.Kind) {
        var defects = StreamDefects()
        defects.count(kind, at: 70)
        defects.count(kind, 12, at: 3)
        #expect(defects[kind].count == 13)
        #expect(defects[kind].firstOffset == 70)
        for other in StreamDefects.Kind.allCases where other != kind { #expect(defects[other].count == 0) }
    }

    @Test("A first defect at offset 0 stays the first")
    func zero() {
        var defects = StreamDefects()
        defects.count(.unknownWord, at: 0)
        defects.count(.unknownWord, at: 9)
        #expect(defects[.unknownWord].firstOffset == 0)
    }

    @Test("The total leaves ignored messages out")
    func total() {
        var defects = StreamDefects()
        for (i, kind) in StreamDefects.Kind.allCases.enumerated() { defects.count(kind, 1 << i, at: 0) }
        #expect(defects.total == (1 << 10) - 1 - (1 << StreamDefects.Kind.ignoredMessage.rawValue))
    }

    @Test("Equal means every count and every offset")
    func equality() {
        var one = StreamDefects()
        var other = StreamDefects()
        #expect(one == other)
        one.count(.truncatedByte, 2, at: 5)
        #expect(one != other)
        other.count(.truncatedByte, 1, at: 5)
        #expect(one != other)
        other.count(.truncatedByte, 1, at: 6)
        #expect(one == other)
        one.count(.ignoredMessage, at: 1)
        other.count(.ignoredMessage, at: 2)
        #expect(one != other)
    }
}
