package import CNeuromorphic
import Sentences

/// The settings of an EVK4, one for each field of `neuromorphic_evk4_configuration`, in its order.
///
/// Source: neuromorphic-drivers 0.16.1 for biases, their registers and their defaults, as raw 8-bit values.
enum EVK4Settings {
    private static let table = makeTable()

    static var all: [Setting] { table.all }
    static var biases: [Bias] { table.biases }

    private static func makeTable() -> (all: [Setting], biases: [Bias]) {
        var layout = PropheseeSettings.layout
        // idac_en, buf_en, mux_en and buf_stg = 1; single (bit 28): the value is taken over at once.
        let word: UInt32 = 0x11A1_0000

        func bias(_ name: StaticString, _ address: UInt32, _ value: UInt64, isSimulated: Bool = false) -> Bias {
            Bias(
                setting: Setting(
                    name, at: layout.next(UInt8.self), range: 0...255, default: value, isSimulated: isSimulated),
                register: Register(address, name), word: word)
        }

        let biases = [
            bias("biases.pr", 0x1000, 0x7C),
            bias("biases.fo", 0x1004, 0x53),
            bias("biases.hpf", 0x100C, 0x00),
            bias("biases.diff_on", 0x1010, 0x66, isSimulated: true),
            bias("biases.diff", 0x1014, 0x4D, isSimulated: true),
            bias("biases.diff_off", 0x1018, 0x49, isSimulated: true),
            bias("biases.inv", 0x101C, 0x5B),
            bias("biases.refr", 0x1020, 0x14),
            bias("biases.reqpuy", 0x1040, 0x8C),
            bias("biases.reqpux", 0x1044, 0x7C),
            bias("biases.sendreqpdy", 0x1048, 0x94),
            bias("biases.unknown_1", 0x104C, 0x74),
            bias("biases.unknown_2", 0x1050, 0x51),
        ]
        let others = PropheseeSettings.all(
            &layout, noiseFilters: UInt64(NEUROMORPHIC_NOISE_FILTER_STC_KEEP_TRAIL), canBeSimulated: true)
        return (biases.map { $0.setting } + others, biases)
    }

    /// What no range of a single setting tells.
    static func check(_ configuration: neuromorphic_configuration) -> Sentence? {
        let settings = unsafe configuration.settings.prophesee_evk4
        return PropheseeSettings.check(
            region: settings.region, isIntersectionOnly: settings.mask_intersection_only != 0,
            antiflicker: settings.antiflicker)
    }
}

extension RegionOfInterest {
    package init(_ settings: neuromorphic_evk4_configuration) {
        self.init(
            columns: elements(settings.x_mask, as: UInt64.self), rows: elements(settings.y_mask, as: UInt64.self),
            isIntersectionOnly: settings.mask_intersection_only != 0, region: settings.region)
    }
}
