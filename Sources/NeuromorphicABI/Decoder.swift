public import CNeuromorphic
import EventFormats
import Neuromorphic
import Sentences
import Synchronization

/// A decoder of the program's own, used by one thread at a time.
final class DecoderHandle {
    private let decoder: any EventDecoder
    private let isBusy = Atomic<Bool>(false)

    init(_ decoder: any EventDecoder) { self.decoder = decoder }

    func occupy<Result>(_ body: (any EventDecoder) throws(NeuromorphicError) -> Result) throws(NeuromorphicError)
        -> Result
    {
        guard !isBusy.exchange(true, ordering: .acquiring) else {
            throw NeuromorphicError(
                NEUROMORPHIC_ERROR_BUSY, "another thread is using this decoder; give each thread its own")
        }
        defer { isBusy.store(false, ordering: .releasing) }
        return try body(decoder)
    }
}

@c @implementation
public func neuromorphic_decoder_create(
    _ format: UnsafePointer<CChar>!, _ width: UInt16, _ height: UInt16, _ out: UnsafeMutablePointer<OpaquePointer?>!
) -> neuromorphic_status {
    status { () throws(NeuromorphicError) in
        let name = unsafe String(cString: try required(format, "format"))
        let out = try unsafe required(out, "out")
        guard let format = EventFormat(description: name) else {
            throw .unsupported(
                "there is no format \"\(name)\"; the formats are EVT2, EVT21, EVT21;endianness=legacy, EVT3 and EVT4")
        }
        guard let sensor = SensorGeometry(width: Int(width), height: Int(height)) else {
            throw .invalidArgument(
                "a sensor of \(width) x \(height) pixels can't be; width and height must lie in 1 .. "
                    + "\(SensorGeometry.largest)")
        }
        let decoder = format.decoder(for: sensor, try Kernel.chosen())
        unsafe out.pointee = Handles.decoders.insert(DecoderHandle(decoder))
    }
}

@c @implementation
public func neuromorphic_decoder_decode(
    _ decoder: OpaquePointer!, _ bytes: UnsafeRawPointer!, _ length: Int,
    _ columns: UnsafeMutablePointer<neuromorphic_columns>!, _ consumed: UnsafeMutablePointer<Int>!
) -> neuromorphic_status {
    status { () throws(NeuromorphicError) in
        let handle = try unsafe Handles.decoders.object(decoder)
        let place = try unsafe required(columns, "columns")
        let consumed = try unsafe required(consumed, "consumed")
        guard unsafe bytes != nil || length == 0 else {
            throw .invalidArgument("bytes is NULL, and length is \(length)")
        }
        guard length >= 0 else {
            throw .invalidArgument("length is \(UInt(bitPattern: length)), which is more than a program can have")
        }
        var own = try unsafe EventColumns(read(place, "columns"))
        let span = unsafe RawSpan(_unsafeStart: bytes ?? UnsafeRawPointer(place), byteCount: length)
        let used = try handle.occupy { decoder throws(NeuromorphicError) in decoder.decode(span, into: &own) }
        unsafe place.pointee.count = own.count
        unsafe place.pointee.trigger_count = own.triggerCount
        unsafe place.pointee.counter_count = own.counterCount
        unsafe consumed.pointee = used
    }
}

extension EventColumns {
    /// The caller's arrays, where each is there, long enough, and no more than filled.
    fileprivate init(_ columns: neuromorphic_columns) throws(NeuromorphicError) {
        guard let t = unsafe columns.t, let x = unsafe columns.x, let y = unsafe columns.y, let on = unsafe columns.on,
            let triggerT = unsafe columns.trigger_t, let triggerID = unsafe columns.trigger_id,
            let triggerRising = unsafe columns.trigger_rising, let counterT = unsafe columns.counter_t,
            let counterEvents = unsafe columns.counter_events, let counterIsOutput = unsafe columns.counter_is_output
        else { throw .invalidArgument("one of the arrays of columns is NULL; every one must be there") }
        let capacities = unsafe Capacities(
            events: columns.capacity, triggers: columns.trigger_capacity, counters: columns.counter_capacity)
        let filled = unsafe Capacities(
            events: columns.count, triggers: columns.trigger_count, counters: columns.counter_count)
        try Self.check(capacities.events, filled.events, least: 64, "capacity", "count")
        try Self.check(capacities.triggers, filled.triggers, least: 1, "trigger_capacity", "trigger_count")
        try Self.check(capacities.counters, filled.counters, least: 1, "counter_capacity", "counter_count")
        let pointers = unsafe Pointers(
            t: t, x: x, y: y, on: on, triggerT: triggerT, triggerID: triggerID, triggerRising: triggerRising,
            counterT: counterT, counterEvents: counterEvents, counterIsOutput: counterIsOutput)
        unsafe self.init(pointers, capacities, filled: filled)
    }

    private static func check(
        _ capacity: Int, _ count: Int, least: Int, _ capacityName: StaticString, _ countName: StaticString
    ) throws(NeuromorphicError) {
        guard capacity >= least else {
            throw .invalidArgument(
                "columns.\(capacityName) is \(UInt(bitPattern: capacity)), and must be at least \(least)")
        }
        guard 0...capacity ~= count else {
            throw .invalidArgument(
                "columns.\(countName) is \(UInt(bitPattern: count)), and columns.\(capacityName) is only \(capacity)")
        }
    }
}

@c @implementation
public func neuromorphic_decoder_resynchronise(_ decoder: OpaquePointer!) -> neuromorphic_status {
    status { () throws(NeuromorphicError) in
        try unsafe Handles.decoders.object(decoder).occupy { decoder throws(NeuromorphicError) in
            decoder.resynchronise()
        }
    }
}

@c @implementation
public func neuromorphic_decoder_current_t(
    _ decoder: OpaquePointer!, _ out: UnsafeMutablePointer<UInt64>!
) -> neuromorphic_status {
    status { () throws(NeuromorphicError) in
        let handle = try unsafe Handles.decoders.object(decoder)
        let out = try unsafe required(out, "out")
        unsafe out.pointee = try handle.occupy { decoder throws(NeuromorphicError) in decoder.currentT }
    }
}

@c @implementation
public func neuromorphic_decoder_defects(
    _ decoder: OpaquePointer!, _ out: UnsafeMutablePointer<neuromorphic_defects>!
) -> neuromorphic_status {
    status { () throws(NeuromorphicError) in
        let handle = try unsafe Handles.decoders.object(decoder)
        let defects = try handle.occupy { decoder throws(NeuromorphicError) in decoder.defects }
        try unsafe write(neuromorphic_defects(defects), to: out, "out")
    }
}

@c @implementation
public func neuromorphic_decoder_free(_ decoder: OpaquePointer!) {
    _ = unsafe Handles.decoders.remove(decoder)
}
