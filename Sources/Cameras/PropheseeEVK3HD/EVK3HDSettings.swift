import CNeuromorphic
import Sentences

/// The settings of an EVK3 HD, one for each field of `neuromorphic_evk3_hd_configuration`, in its order.
///
/// Biases are raw 8-bit values, and each is written with its register's own other bits. Prophesee's software keeps them within
/// narrower ranges, which give a useful image; nothing here insists on them:
///
///     fo_p        45 .. 110
///     hpf          0 .. 120
///     diff_on      0 .. 140, at least 15 above diff
///     diff        52 .. 100
///     diff_off    25 .. 255, at least 15 below diff
///     refr        20 .. 100
///
/// Sources: neuromorphic-drivers 0.16.1 for registers, words and defaults, which are those of OpenEB too; OpenEB for the ranges,
/// and for bit 28.
enum EVK3HDSettings {
    private static let table = makeTable()

    static var all: [Setting] { table.all }
    static var biases: [Bias] { table.biases }

    private static func makeTable() -> (all: [Setting], biases: [Bias]) {
        var layout = PropheseeSettings.layout
        // single: the value is taken over at once. neuromorphic-drivers leaves it 0 and lets a burst at the start take all values
        // over, which no change while the camera streams would get.
        let single: UInt32 = 1 << 28

        func bias(_ name: StaticString, _ address: UInt32, _ value: UInt64, word: UInt32) -> Bias {
            Bias(
                setting: Setting(name, at: layout.next(UInt8.self), range: 0...255, default: value),
                register: Register(address, name), word: word | single)
        }

        let biases = [
            bias("biases.pr", 0x1000, 0x69, word: 0x01A1_C400),
            bias("biases.fo_p", 0x1004, 0x4A, word: 0x01A1_E800),
            bias("biases.fo_n", 0x1008, 0x00, word: 0x0121_0000),
            bias("biases.hpf", 0x100C, 0x00, word: 0x01A1_FF00),
            bias("biases.diff_on", 0x1010, 0x73, word: 0x01A1_6300),
            bias("biases.diff", 0x1014, 0x50, word: 0x01A1_5000),
            bias("biases.diff_off", 0x1018, 0x34, word: 0x01A1_3700),
            bias("biases.refr", 0x1020, 0x44, word: 0x01A9_CD00),
            bias("biases.reqpuy", 0x1040, 0x94, word: 0x01A9_8A00),
            bias("biases.blk", 0x104C, 0x78, word: 0x01A1_9200),
        ]
        let others = PropheseeSettings.all(
            &layout, noiseFilters: UInt64(NEUROMORPHIC_NOISE_FILTER_STC_CUT_TRAIL), canBeSimulated: false)
        return (biases.map { $0.setting } + others, biases)
    }

    /// What no range of a single setting tells.
    static func check(_ configuration: neuromorphic_configuration) -> Sentence? {
        let settings = unsafe configuration.settings.prophesee_evk3_hd
        return PropheseeSettings.check(
            region: settings.region, isIntersectionOnly: settings.mask_intersection_only != 0,
            antiflicker: settings.antiflicker)
    }
}

extension RegionOfInterest {
    init(_ settings: neuromorphic_evk3_hd_configuration) {
        self.init(
            columns: elements(settings.x_mask, as: UInt64.self), rows: elements(settings.y_mask, as: UInt64.self),
            isIntersectionOnly: settings.mask_intersection_only != 0, region: settings.region)
    }
}
