package import Cameras
import Platform
package import USBTransport

/// What lets cameras and USB ignore each other.
extension USBHandle: CameraLink {
    private static var controlTimeoutMilliseconds: UInt32 { 1000 }

    package func controlIn(request: UInt8, value: UInt16, index: UInt16, length: UInt16) throws(LinkError) -> [UInt8] {
        let timeout = Self.controlTimeoutMilliseconds
        return try translate(timeout) { () throws(USBError) in
            try vendorIn(request: request, value: value, index: index, length: length, timeoutMilliseconds: timeout)
        }
    }

    package func string(at index: UInt8) throws(LinkError) -> String {
        let timeout = Self.controlTimeoutMilliseconds
        let descriptor = try translate(timeout) { () throws(USBError) in
            try stringDescriptor(at: index, language: index == 0 ? 0 : 0x0409, timeoutMilliseconds: timeout)
        }
        guard index > 0 else { return "" }
        var units: [UInt16] = []
        for place in stride(from: 2, to: descriptor.count - 1, by: 2) {
            units.append(UInt16(descriptor[place]) | UInt16(descriptor[place + 1]) << 8)
        }
        return String(decoding: units, as: UTF16.self)
    }

    package func exchange(
        _ request: [UInt8], to out: UInt8, repliesFrom endpoint: UInt8, timeoutMilliseconds: UInt32
    ) throws(LinkError) -> [UInt8] {
        try translate(timeoutMilliseconds) { () throws(USBError) in
            try bulkExchange(
                request, to: out, repliesFrom: endpoint, timeoutMilliseconds: timeoutMilliseconds)
        }
    }

    package func receive(from endpoint: UInt8, capacity: Int, timeoutMilliseconds: UInt32) throws(LinkError) -> [UInt8]
    {
        try translate(timeoutMilliseconds) { () throws(USBError) in
            try bulkIn(from: endpoint, capacity: capacity, timeoutMilliseconds: timeoutMilliseconds)
        }
    }

    package func clearHalt(_ endpoint: UInt8) throws(LinkError) {
        try translate(Self.controlTimeoutMilliseconds) { () throws(USBError) in try endHalt(of: endpoint) }
    }

    package func wait(microseconds: UInt32) { MonotonicTime.now.advanced(microseconds: Int64(microseconds)).sleep() }

    package var now: Int64 { MonotonicTime.now.nanoseconds }

    private func translate<Result>(
        _ timeoutMilliseconds: UInt32, _ body: () throws(USBError) -> Result
    ) throws(LinkError) -> Result {
        do throws(USBError) {
            return try body()
        } catch {
            throw LinkError(error, timeoutMilliseconds: timeoutMilliseconds)
        }
    }
}

extension LinkError {
    /// - Parameter timeoutMilliseconds: the time-out that was in force.
    init(_ error: USBError, timeoutMilliseconds: UInt32) {
        let cause: Cause =
            switch error.reason {
            case .timedOut: .timedOut(milliseconds: timeoutMilliseconds)
            case .unplugged: .unplugged
            case .stalled: .stalled
            case .busy: .busy
            case .permissionDenied: .permissionDenied
            case .overflow: .overflow
            case .noMemory: .noMemory(error.words)
            case .other: .failed(error.words)
            }
        self.init(cause, error.call)
    }
}
