/// The stream formats we speak: how a camera writes events into bytes. All are little-endian.
///
/// Source: Prophesee's documentation of EVT 2.0, 2.1 and 3.0; OpenEB's decoder for EVT4, which has no public page.
package enum EventFormat: Equatable, CaseIterable, Sendable {
    case evt2
    /// 64-bit words, least significant byte first: GenX320.
    case evt21
    /// 64-bit words, the upper half first, each half least significant byte first: IMX636 and Gen4.1.
    case evt21Legacy
    case evt3
    case evt4

    /// As in a RAW header's `format`.
    package var name: StaticString {
        switch self {
        case .evt2: "EVT2"
        case .evt21, .evt21Legacy: "EVT21"
        case .evt3: "EVT3"
        case .evt4: "EVT4"
        }
    }

    /// As in a RAW header's `format`, with the byte order where the name alone would mean another.
    package var description: StaticString { self == .evt21Legacy ? "EVT21;endianness=legacy" : name }

    /// By its description; the byte order may be told where it need not be.
    package init?(description: String) {
        let known = Self.allCases.first { description.same(as: $0.description) }
        guard let format = known ?? (description.same(as: "EVT21;endianness=little") ? .evt21 : nil) else { return nil }
        self = format
    }

    /// Bytes of one word of the stream.
    package var wordLength: Int {
        switch self {
        case .evt2, .evt4: 4
        case .evt21, .evt21Legacy: 8
        case .evt3: 2
        }
    }

    // Other modules call it. If they saw its body, each would have decoders of its own.
    @export(interface)
    @inline(never)
    package func decoder(for sensor: SensorGeometry, _ kernel: Kernel = .fastest) -> any EventDecoder {
        switch self {
        case .evt2: FramedDecoder(EVT2Decoder(sensor: sensor), kernel)
        case .evt21: FramedDecoder(EVT21Decoder(sensor: sensor, order: .little), kernel)
        case .evt21Legacy: FramedDecoder(EVT21Decoder(sensor: sensor, order: .legacy), kernel)
        case .evt3: FramedDecoder(EVT3Decoder(sensor: sensor), kernel)
        case .evt4: FramedDecoder(EVT4Decoder(sensor: sensor), kernel)
        }
    }
}

/// A sensor's size in pixels; every format has 11 bits for a coordinate.
package struct SensorGeometry: Equatable, Sendable {
    package static let largest = 2048

    package let width: UInt16
    package let height: UInt16

    /// Nil unless both lie in 1 ... 2048.
    package init?(width: Int, height: Int) {
        guard 1...Self.largest ~= width, 1...Self.largest ~= height else { return nil }
        self.width = UInt16(truncatingIfNeeded: width)
        self.height = UInt16(truncatingIfNeeded: height)
    }
}
