import CNeuromorphic

/// The settings of an EVK4, one for each field of `neuromorphic_evk4_configuration`, in its order.
///
/// Sources: the defaults are those of neuromorphic-drivers 0.16.1; biases are the raw 8-bit values of the sensor's registers.
/// The rate limiter's widths (10 and 22 bits) are OpenEB's register map, its longest period the one that
/// neuromorphic-drivers' README gives.
enum EVK4Settings {
    static let all: [Setting] = {
        // The models' structs share the place behind the tag.
        let union = neuromorphic_configuration().settings
        var layout = StructLayout(
            startingAt: MemoryLayout<neuromorphic_configuration>.size - MemoryLayout.size(ofValue: union))

        func bias(_ name: StaticString, _ value: UInt64, isSimulated: Bool = false) -> Setting {
            Setting(name, at: layout.next(UInt8.self), range: 0...255, default: value, isSimulated: isSimulated)
        }
        func choice(_ name: StaticString, _ range: ClosedRange<UInt64>, _ value: UInt64, isSimulated: Bool = true)
            -> Setting
        {
            Setting(name, at: layout.next(UInt8.self), range: range, default: value, isSimulated: isSimulated)
        }

        var settings = [
            bias("biases.pr", 0x7C),
            bias("biases.fo", 0x53),
            bias("biases.hpf", 0x00),
            bias("biases.diff_on", 0x66, isSimulated: true),
            bias("biases.diff", 0x4D, isSimulated: true),
            bias("biases.diff_off", 0x49, isSimulated: true),
            bias("biases.inv", 0x5B),
            bias("biases.refr", 0x14),
            bias("biases.reqpuy", 0x8C),
            bias("biases.reqpux", 0x7C),
            bias("biases.sendreqpdy", 0x94),
            bias("biases.unknown_1", 0x74),
            bias("biases.unknown_2", 0x51),
            choice("mask_intersection_only", 0...1, 0),
            choice("enable_external_trigger", 0...1, 1),
            choice("enable_output", 0...1, 1),
            // NEUROMORPHIC_CLOCK_INTERNAL ... NEUROMORPHIC_CLOCK_EXTERNAL
            choice("clock", 0...2, 0, isSimulated: false),
            choice("rate_limiter_enabled", 0...1, 0),
            Setting(
                "rate_limiter_period_us", unit: "us", at: layout.next(UInt16.self), range: 1...200, default: 200,
                isSimulated: true),
            Setting(
                "rate_limiter_maximum_events", unit: "events", at: layout.next(UInt32.self), range: 0...0x3F_FFFF,
                default: 10_000, isSimulated: true),
        ]
        for (name, count) in [("x_mask", 20), ("y_mask", 12)] as [(StaticString, Int)] {
            settings.append(
                Setting(
                    name, at: layout.next(UInt64.self, count: count), range: 0...UInt64.max, default: 0,
                    isSimulated: true))
        }
        let masks = layout.next(neuromorphic_pixel_mask.self, count: 64)
        settings += [
            Setting(
                "pixel_masks.x", unit: "pixels", at: masks.field(UInt16.self, at: 0), range: 0...1279, default: 0,
                isSimulated: true),
            Setting(
                "pixel_masks.y", unit: "pixels", at: masks.field(UInt16.self, at: 2), range: 0...719, default: 0,
                isSimulated: true),
            Setting(
                "pixel_masks.enabled", at: masks.field(UInt16.self, at: 4), range: 0...1, default: 0, isSimulated: true),
        ]
        return settings
    }()
}
