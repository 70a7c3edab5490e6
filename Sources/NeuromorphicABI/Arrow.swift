public import CNeuromorphic
import CPlatform
import EventFormats
import Neuromorphic
import Platform
import Sentences

// MARK: - Tables

extension neuromorphic_table {
    /// Each column's name and then Arrow's letter for its type, as C strings; an empty one behind the last.
    @inline(never)
    @unsafe fileprivate func columns() throws(NeuromorphicError) -> UnsafePointer<CChar> {
        switch self {
        case NEUROMORPHIC_TABLE_EVENTS: return unsafe text("t\0L\0x\0S\0y\0S\0on\0C\0")
        case NEUROMORPHIC_TABLE_TRIGGERS: return unsafe text("t\0L\0id\0C\0rising\0C\0")
        case NEUROMORPHIC_TABLE_COUNTERS: return unsafe text("t\0L\0events\0I\0is_output\0C\0")
        default: throw .invalidArgument("table is \(rawValue), and there is no such table; see neuromorphic_table")
        }
    }

    fileprivate var columnCount: Int { self == NEUROMORPHIC_TABLE_EVENTS ? 4 : 3 }

    /// Where a packet has the table: the number of rows and, right behind it as in the header, the address of each column.
    @unsafe fileprivate func rows(of packet: UnsafeMutablePointer<neuromorphic_packet>) -> UnsafePointer<Int> {
        switch self {
        case NEUROMORPHIC_TABLE_TRIGGERS: unsafe withUnsafePointer(to: &packet.pointee.trigger_count) { unsafe $0 }
        case NEUROMORPHIC_TABLE_COUNTERS: unsafe withUnsafePointer(to: &packet.pointee.counter_count) { unsafe $0 }
        default: unsafe withUnsafePointer(to: &packet.pointee.count) { unsafe $0 }
        }
    }
}

// MARK: - Schemas

extension ArrowSchema {
    /// A table's memory: the addresses of its at most four columns, then the columns, then its metadata.
    private static var columnsOffset: Int { 64 }
    private static var metadataOffset: Int { 512 }
    private static var capacity: Int { 576 }

    /// - Parameter sensor: whose size is the table's metadata.
    @unsafe fileprivate static func fill(
        _ out: UnsafeMutablePointer<ArrowSchema>?, _ table: neuromorphic_table, _ sensor: SensorGeometry?
    ) -> neuromorphic_status {
        status { () throws(NeuromorphicError) in
            var name = try unsafe table.columns()
            let out = try unsafe required(out, "out")
            let parts = unsafe UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
            let addresses = unsafe parts.assumingMemoryBound(to: UnsafeMutablePointer<ArrowSchema>?.self)
            let columns = unsafe (parts + columnsOffset).assumingMemoryBound(to: ArrowSchema.self)
            var count = 0
            while unsafe name.pointee != 0 {
                let format = unsafe name + strlen(name) + 1
                unsafe (columns + count).initialize(to: ArrowSchema(name, format))
                unsafe addresses[count] = columns + count
                count += 1
                unsafe name = format + 2
            }
            // How many keys; then the length of each key, the key, the length of its value, the value. Lengths are as
            // the machine has them, and ours are little-endian.
            unsafe columns.pointee.metadata = text("\u{1}\0\0\0\u{4}\0\0\0unit\u{2}\0\0\0us")
            unsafe out.pointee = ArrowSchema(name, text("+s"))
            unsafe out.pointee.n_children = Int64(count)
            unsafe out.pointee.children = addresses
            unsafe out.pointee.private_data = parts
            if let sensor {
                var end = unsafe (parts + metadataOffset).assumingMemoryBound(to: UInt8.self)
                unsafe out.pointee.metadata = UnsafeRawPointer(end).assumingMemoryBound(to: CChar.self)
                unsafe append("\u{2}\0\0\0\u{5}\0\0\0width", sensor.width, to: &end)
                unsafe append("\u{6}\0\0\0height", sensor.height, to: &end)
            }
        }
    }

    /// A key, and a value of at most four digits.
    @inline(never)
    @unsafe private static func append(_ key: StaticString, _ value: UInt16, to end: inout UnsafeMutablePointer<UInt8>)
    {
        unsafe memcpy(end, key.utf8Start, key.utf8CodeUnitCount)
        unsafe end += key.utf8CodeUnitCount
        let digits = value < 10 ? 1 : value < 100 ? 2 : value < 1000 ? 3 : 4
        unsafe memset(end, 0, 4)
        unsafe end.pointee = UInt8(truncatingIfNeeded: digits)
        unsafe end += 4 + digits
        var rest = value
        for place in 1...digits {
            unsafe end[-place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
    }

    @inline(never)
    private init(_ name: UnsafePointer<CChar>, _ format: UnsafePointer<CChar>) {
        unsafe self.init()
        unsafe self.format = format
        unsafe self.name = name
        unsafe release = { schema in
            guard let schema = unsafe schema, unsafe schema.pointee.release != nil else { return }
            var index = 0
            while unsafe index < schema.pointee.n_children {
                let column = unsafe schema.pointee.children[index]
                unsafe column?.pointee.release?(column)
                index += 1
            }
            unsafe schema.pointee.release = nil
            // A column has none: it points to nothing but literals, so it may be moved out.
            unsafe schema.pointee.private_data?.deallocate()
        }
    }
}

// MARK: - Arrays

extension ArrowArray {
    /// A table's memory: the address of its only buffer, which is NULL, those of its at most four columns, then the columns.
    private static var childrenOffset: Int { 8 }
    private static var columnsOffset: Int { 64 }

    /// A table. It and each of its columns have a lease of the packet and memory of their own, so that columns may be moved
    /// out.
    ///
    /// - Parameter lease: of the packet, taken over.
    @inline(never)
    fileprivate init(_ table: neuromorphic_table, _ lease: Lease) {
        let count = table.columnCount
        let rows = unsafe table.rows(of: lease.packet)
        unsafe self.init(rows.pointee, byteCount: Self.columnsOffset + count * MemoryLayout<ArrowArray>.stride, lease)
        let parts = unsafe UnsafeMutableRawPointer(buffers!)
        let columns = unsafe (parts + Self.columnsOffset).assumingMemoryBound(to: ArrowArray.self)
        unsafe n_buffers = 1
        unsafe n_children = Int64(count)
        unsafe children = (parts + Self.childrenOffset).assumingMemoryBound(to: UnsafeMutablePointer<ArrowArray>?.self)
        for index in 0..<count {
            lease.retain()
            unsafe (columns + index).initialize(
                to: ArrowArray(rows.pointee, byteCount: 2 * MemoryLayout<UnsafeRawPointer?>.stride, lease))
            unsafe columns[index].buffers[1] = UnsafeRawPointer(bitPattern: rows[1 + index])
            unsafe children[index] = columns + index
        }
    }

    /// - Parameters:
    ///   - byteCount: of its memory, which starts with its buffers' addresses. The first is NULL: no value is missing.
    ///   - lease: taken over.
    @inline(never)
    private init(_ length: Int, byteCount: Int, _ lease: Lease) {
        unsafe self.init()
        unsafe self.length = Int64(length)
        unsafe n_buffers = 2
        unsafe buffers = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 16)
            .assumingMemoryBound(to: UnsafeRawPointer?.self)
        unsafe buffers[0] = nil
        // While a packet is leased, the arena keeps the object.
        unsafe private_data = Unmanaged.passUnretained(lease).toOpaque()
        unsafe release = { array in
            guard let array = unsafe array, unsafe array.pointee.release != nil else { return }
            var index = 0
            while unsafe index < array.pointee.n_children {
                let column = unsafe array.pointee.children[index]
                unsafe column?.pointee.release?(column)
                index += 1
            }
            unsafe array.pointee.release = nil
            unsafe array.pointee.buffers?.deallocate()
            guard let lease = unsafe array.pointee.private_data else { return }
            unsafe Unmanaged<Lease>.fromOpaque(lease).takeUnretainedValue().release()
        }
    }
}

@c @implementation
public func neuromorphic_arrow_schema(
    _ table: neuromorphic_table, _ out: UnsafeMutablePointer<ArrowSchema>!
) -> neuromorphic_status { unsafe ArrowSchema.fill(out, table, nil) }

@c @implementation
public func neuromorphic_packet_arrow(
    _ packet: UnsafePointer<neuromorphic_packet>!, _ table: neuromorphic_table, _ out: UnsafeMutablePointer<ArrowArray>!
) -> neuromorphic_status {
    status { () throws(NeuromorphicError) in
        let packet = try unsafe required(packet, "packet")
        let out = try unsafe required(out, "out")
        _ = try unsafe table.columns()
        guard unsafe packet.pointee.raw == nil, let lease = unsafe Lease.of(packet) else { throw rawHasNoTables() }
        lease.retain()
        unsafe out.pointee = ArrowArray(table, lease)
    }
}

/// Said in two places.
@inline(never)
private func rawHasNoTables() -> NeuromorphicError {
    .unsupported("raw packets have no tables; open the device with options.raw = 0")
}

// MARK: - Streams

/// What a stream needs to go on. The device may be closed at any time, so only its handle is kept.
@safe private struct ArrowStream {
    let device: OpaquePointer?
    let table: neuromorphic_table
    let sensor: SensorGeometry
    let timeout: Int64?
    /// Of the latest failure: `LastError.capacity` characters.
    let sentence: UnsafeMutablePointer<CChar>
}

extension UnsafeMutablePointer<ArrowArrayStream>? {
    /// Nil where it was released.
    @unsafe fileprivate var own: UnsafeMutablePointer<ArrowStream>? {
        unsafe self?.pointee.private_data?.assumingMemoryBound(to: ArrowStream.self)
    }
}

extension ArrowStream {
    /// Where the next packet's table goes that has a row; at the end of the stream, what has nothing to be released.
    @unsafe func next(_ out: UnsafeMutablePointer<ArrowArray>?) -> neuromorphic_status {
        status { () throws(NeuromorphicError) in
            let out = try unsafe required(out, "out")
            let device = try unsafe openDevice(device)
            let deadline = timeout.map { MonotonicTime.now.advanced(microseconds: $0) }
            repeat {
                let lease = try device.nextPacket(until: deadline)
                if unsafe table.rows(of: lease.packet).pointee > 0 {
                    unsafe out.pointee = ArrowArray(table, lease)
                    return
                }
                lease.release()
            } while deadline.map { MonotonicTime.now < $0 } ?? true
            throw NeuromorphicError(
                NEUROMORPHIC_ERROR_TIMEOUT, "packets came within the time-out, but no row of the table; call again")
        }
    }

    /// Keeps a callback's sentence if it failed, and tells its result as a number of errno.
    @inline(never)
    func result(_ status: neuromorphic_status) -> Int32 {
        guard status != NEUROMORPHIC_OK else { return 0 }
        unsafe strncpy(sentence, LastError.current, LastError.capacity - 1)
        return switch status {
        case NEUROMORPHIC_ERROR_TIMEOUT: ETIMEDOUT
        case NEUROMORPHIC_ERROR_INTERRUPTED: EINTR
        case NEUROMORPHIC_ERROR_CLOSED, NEUROMORPHIC_ERROR_INVALID_HANDLE: EBADF
        case NEUROMORPHIC_ERROR_UNPLUGGED: ENODEV
        case NEUROMORPHIC_ERROR_LEASES_SPENT: ENOBUFS
        case NEUROMORPHIC_ERROR_BUSY: EBUSY
        case NEUROMORPHIC_ERROR_STALLED: EPIPE
        case NEUROMORPHIC_ERROR_INVALID_ARGUMENT: EINVAL
        default: EIO
        }
    }
}

extension ArrowArrayStream {
    fileprivate init(_ own: ArrowStream) {
        let kept = UnsafeMutablePointer<ArrowStream>.allocate(capacity: 1)
        unsafe kept.initialize(to: own)
        unsafe self.init(
            get_schema: { stream, out in
                guard let own = unsafe stream.own else { return EINVAL }
                return unsafe own.pointee.result(ArrowSchema.fill(out, own.pointee.table, own.pointee.sensor))
            },
            get_next: { stream, out in
                guard let own = unsafe stream.own else { return EINVAL }
                let status = unsafe own.pointee.next(out)
                guard status != NEUROMORPHIC_END_OF_STREAM else {
                    unsafe out?.pointee = ArrowArray()
                    return 0
                }
                return unsafe own.pointee.result(status)
            },
            get_last_error: { stream in unsafe UnsafePointer(stream.own?.pointee.sentence) },
            release: { stream in
                guard let own = unsafe stream.own else { return }
                unsafe own.pointee.sentence.deallocate()
                unsafe own.deallocate()
                unsafe stream?.pointee.release = nil
                unsafe stream?.pointee.private_data = nil
            },
            private_data: kept)
    }
}

@c @implementation
public func neuromorphic_arrow_stream(
    _ device: OpaquePointer!, _ table: neuromorphic_table, _ timeout_us: Int64,
    _ out: UnsafeMutablePointer<ArrowArrayStream>!
) -> neuromorphic_status {
    status { () throws(NeuromorphicError) in
        let opened = try unsafe openDevice(device)
        let out = try unsafe required(out, "out")
        _ = try unsafe table.columns()
        let timeout = try requiredTimeout(timeout_us)
        guard !opened.properties.isRaw else { throw rawHasNoTables() }
        let sentence = UnsafeMutablePointer<CChar>.allocate(capacity: LastError.capacity)
        unsafe sentence.initialize(repeating: 0, count: LastError.capacity)
        unsafe out.pointee = ArrowArrayStream(
            ArrowStream(
                device: device, table: table, sensor: opened.properties.sensor, timeout: timeout, sentence: sentence))
    }
}
