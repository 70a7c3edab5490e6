public import CNeuromorphic
import EventFormats
import Neuromorphic
import Sentences

@c @implementation
public func neuromorphic_next_packet(
    _ device: OpaquePointer!, _ timeout_us: Int64, _ out: UnsafeMutablePointer<UnsafePointer<neuromorphic_packet>?>!
) -> neuromorphic_status {
    status { () throws(NeuromorphicError) in
        let device = try unsafe openDevice(device)
        let out = try unsafe required(out, "out")
        let lease = try device.nextPacket(timeoutMicroseconds: try requiredTimeout(timeout_us))
        unsafe out.pointee = UnsafePointer(lease.packet)
    }
}

@c @implementation
public func neuromorphic_packet_retain(_ packet: UnsafePointer<neuromorphic_packet>!) {
    guard let packet = unsafe packet else { return }
    unsafe Lease.of(packet)?.retain()
}

@c @implementation
public func neuromorphic_packet_release(_ packet: UnsafePointer<neuromorphic_packet>!) {
    guard let packet = unsafe packet else { return }
    unsafe Lease.of(packet)?.release()
}

@c @implementation
public func neuromorphic_backlog(_ device: OpaquePointer!, _ out: UnsafeMutablePointer<Int>!) -> neuromorphic_status {
    status { () throws(NeuromorphicError) in
        let device = try unsafe openDevice(device)
        let out = try unsafe required(out, "out")
        unsafe out.pointee = device.backlog
    }
}

@c @implementation
public func neuromorphic_clear_backlog(_ device: OpaquePointer!, _ until: Int) -> neuromorphic_status {
    status { () throws(NeuromorphicError) in
        // A size_t beyond Int.max reads as negative: more than ever wait, so nothing is to be done.
        let device = try unsafe openDevice(device)
        try device.clearBacklog(until: until < 0 ? Int.max : until)
    }
}

@c @implementation
public func neuromorphic_fd(_ device: OpaquePointer!) -> Int32 {
    value(or: -1) { () throws(NeuromorphicError) in try unsafe openDevice(device).descriptor() }
}

@c @implementation
public func neuromorphic_arena_fd(_ device: OpaquePointer!) -> Int32 {
    value(or: -1) { () throws(NeuromorphicError) in try unsafe openDevice(device).arenaDescriptor }
}

@c @implementation
public func neuromorphic_interrupt(_ device: OpaquePointer!) -> neuromorphic_status {
    status { () throws(NeuromorphicError) in try unsafe openDevice(device).interrupt() }
}

@c @implementation
public func neuromorphic_statistics_of(
    _ device: OpaquePointer!, _ out: UnsafeMutablePointer<neuromorphic_statistics>!
) -> neuromorphic_status {
    status { () throws(NeuromorphicError) in
        let device = try unsafe openDevice(device)
        try unsafe write(device.statistics, to: out, "out")
    }
}

@c @implementation
public func neuromorphic_defects_of(
    _ device: OpaquePointer!, _ out: UnsafeMutablePointer<neuromorphic_defects>!
) -> neuromorphic_status {
    status { () throws(NeuromorphicError) in
        let device = try unsafe openDevice(device)
        try unsafe write(neuromorphic_defects(device.defects), to: out, "out")
    }
}

extension neuromorphic_defects {
    init(_ defects: StreamDefects) {
        func entry(_ kind: StreamDefects.Kind) -> neuromorphic_defect {
            neuromorphic_defect(count: defects[kind].count, first_offset: defects[kind].firstOffset)
        }
        self.init(
            struct_size: MemoryLayout<neuromorphic_defects>.size,
            events_before_time: entry(.eventBeforeTime), events_before_row: entry(.eventBeforeRow),
            events_before_base: entry(.eventBeforeBase), events_outside_sensor: entry(.eventOutsideSensor),
            time_steps_back: entry(.timeStepBack), unknown_words: entry(.unknownWord),
            stray_continuations: entry(.strayContinuation), broken_messages: entry(.brokenMessage),
            truncated_bytes: entry(.truncatedByte), ignored_messages: entry(.ignoredMessage))
    }
}
