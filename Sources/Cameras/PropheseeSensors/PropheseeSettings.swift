import CNeuromorphic
import Sentences

/// A bias current: where its value lies in the header's struct, and in which register.
struct Bias {
    let setting: Setting
    let register: Register
    /// The register's other bits, the value's being 0.
    let word: UInt32

    func step(_ configuration: neuromorphic_configuration) -> Step {
        .write(register, word | UInt32(truncatingIfNeeded: setting.value(at: 0, in: configuration)))
    }
}

/// The settings of the sensors of 1280 x 720 pixels, in the order that their structs in the header share.
///
/// Sources: the rate limiter's widths (10 and 22 bits), the filters' ranges and their defaults are OpenEB's; the limiter's longest
/// period is the one that neuromorphic-drivers' README gives.
enum PropheseeSettings {
    /// What follows the biases.
    ///
    /// - Parameters:
    ///   - noiseFilters: the largest of `NEUROMORPHIC_NOISE_FILTER_...` that the sensor has.
    ///   - canBeSimulated: there is a simulated camera of this kind, whose events follow the settings that are marked so.
    static func all(_ layout: inout StructLayout, noiseFilters: UInt64, canBeSimulated: Bool) -> [Setting] {
        func byte(
            _ name: StaticString, unit: StaticString = "", _ range: ClosedRange<UInt64>, _ value: UInt64,
            isLive: Bool = true, isSimulated: Bool = false
        ) -> Setting {
            Setting(
                name, unit: unit, at: layout.next(UInt8.self), range: range, default: value, isLive: isLive,
                isSimulated: isSimulated && canBeSimulated)
        }
        func short(
            _ name: StaticString, unit: StaticString = "", _ range: ClosedRange<UInt64>, _ value: UInt64,
            isSimulated: Bool = false
        ) -> Setting {
            Setting(
                name, unit: unit, at: layout.next(UInt16.self), range: range, default: value,
                isSimulated: isSimulated && canBeSimulated)
        }

        var settings = [
            byte("mask_intersection_only", 0...1, 0, isSimulated: true),
            byte("enable_external_trigger", 0...1, 1, isSimulated: true),
            byte("enable_output", 0...1, 1, isSimulated: true),
            // NEUROMORPHIC_CLOCK_INTERNAL ... NEUROMORPHIC_CLOCK_EXTERNAL. The time base starts with the camera.
            byte("clock", 0...2, 0, isLive: false),
            byte("rate_limiter_enabled", 0...1, 0, isSimulated: true),
            short("rate_limiter_period_us", unit: "us", 1...200, 200, isSimulated: true),
            Setting(
                "rate_limiter_maximum_events", unit: "events", at: layout.next(UInt32.self), range: 0...0x3F_FFFF,
                default: 10_000, isSimulated: canBeSimulated),
        ]
        for (name, count) in [("x_mask", 20), ("y_mask", 12)] as [(StaticString, Int)] {
            settings.append(
                Setting(
                    name, at: layout.next(UInt64.self, count: count), range: 0...UInt64.max, default: 0,
                    isSimulated: canBeSimulated))
        }
        let masks = layout.next(neuromorphic_pixel_mask.self, count: 64)
        settings += [
            Setting(
                "pixel_masks.x", unit: "pixels", at: masks.field(UInt16.self, at: 0), range: 0...1279, default: 0,
                isSimulated: canBeSimulated),
            Setting(
                "pixel_masks.y", unit: "pixels", at: masks.field(UInt16.self, at: 2), range: 0...719, default: 0,
                isSimulated: canBeSimulated),
            Setting(
                "pixel_masks.enabled", at: masks.field(UInt16.self, at: 4), range: 0...1, default: 0,
                isSimulated: canBeSimulated),
            short("region.enabled", 0...1, 0, isSimulated: true),
            short("region.x", unit: "pixels", 0...1279, 0, isSimulated: true),
            short("region.y", unit: "pixels", 0...719, 0, isSimulated: true),
            short("region.width", unit: "pixels", 1...1280, 1280, isSimulated: true),
            short("region.height", unit: "pixels", 1...720, 720, isSimulated: true),
            byte("noise_filter.mode", 0...noiseFilters, 0),
            byte("noise_filter.threshold_ms", unit: "ms", 1...100, 10),
            byte("antiflicker.mode", 0...2, 0),
            byte("antiflicker.duty_cycle_percent", unit: "%", 0...100, 50),
            byte("antiflicker.start_threshold", unit: "periods", 0...7, 6),
            byte("antiflicker.stop_threshold", unit: "periods", 0...7, 4),
            short("antiflicker.low_frequency_hz", unit: "Hz", 50...520, 50),
            short("antiflicker.high_frequency_hz", unit: "Hz", 50...520, 520),
        ]
        return settings
    }

    /// What no range of a single setting tells.
    static func check(
        region: neuromorphic_region, isIntersectionOnly: Bool, antiflicker: neuromorphic_antiflicker
    ) -> Sentence? {
        if region.enabled != 0 {
            if Int(region.x) + Int(region.width) > RegionOfInterest.width {
                return "region.x + region.width is \(Int(region.x) + Int(region.width)) pixels, and must not be more "
                    + "than \(RegionOfInterest.width)"
            }
            if Int(region.y) + Int(region.height) > RegionOfInterest.height {
                return "region.y + region.height is \(Int(region.y) + Int(region.height)) pixels, and must not be more "
                    + "than \(RegionOfInterest.height)"
            }
            if isIntersectionOnly {
                return "region.enabled and mask_intersection_only are both 1, and the sensor can do only one of them"
            }
        }
        if antiflicker.mode != 0, antiflicker.low_frequency_hz >= antiflicker.high_frequency_hz {
            return "antiflicker.low_frequency_hz is \(antiflicker.low_frequency_hz) Hz, and must be less than "
                + "antiflicker.high_frequency_hz (\(antiflicker.high_frequency_hz) Hz)"
        }
        return nil
    }

    /// The settings' place in `neuromorphic_configuration`: behind the tag, which the models' structs share.
    static var layout: StructLayout {
        let union = neuromorphic_configuration().settings
        return StructLayout(
            startingAt: MemoryLayout<neuromorphic_configuration>.size - MemoryLayout.size(ofValue: union))
    }
}

/// The elements of an array in a C struct, which is a tuple in Swift.
func elements<Tuple, Element>(_ tuple: Tuple, as element: Element.Type) -> [Element] {
    unsafe withUnsafeBytes(of: tuple) { bytes in
        var elements: [Element] = []
        let stride = MemoryLayout<Element>.stride
        for index in 0..<MemoryLayout<Tuple>.size / stride {
            elements.append(unsafe bytes.loadUnaligned(fromByteOffset: index * stride, as: Element.self))
        }
        return elements
    }
}
