import EventFormats
import Sentences

extension SourceString {
    /// What a recording without a header needs to be told.
    mutating func takeHints() throws(NeuromorphicError) -> RAWHeader.Hints {
        var hints = RAWHeader.Hints()
        if let name = take("format") {
            guard let format = EventFormat(description: name) else {
                throw .unsupported(
                    "the option format=\(name) of \"\(text)\" is none of EVT2, EVT21, EVT21;endianness=legacy, EVT3 and EVT4"
                )
            }
            hints.format = format
        }
        hints.width = try takeInteger("width", 1...SensorGeometry.largest)
        hints.height = try takeInteger("height", 1...SensorGeometry.largest)
        return hints
    }
}
