public import CNeuromorphic
import Femtosense
import Neuromorphic
import Sentences

@c @implementation
public func neuromorphic_femto_build(
    _ folder: UnsafePointer<CChar>!, _ options: UnsafePointer<neuromorphic_femto_options>!,
    _ out: UnsafeMutablePointer<OpaquePointer?>!
) -> neuromorphic_status {
    status { () throws(NeuromorphicError) in
        let folder = unsafe String(cString: try required(folder, "folder"))
        try unsafe build(.folder(folder), options, out)
    }
}

@c @implementation
public func neuromorphic_femto_build_from_memory(
    _ files: UnsafePointer<neuromorphic_femto_file>!, _ count: Int,
    _ options: UnsafePointer<neuromorphic_femto_options>!, _ out: UnsafeMutablePointer<OpaquePointer?>!
) -> neuromorphic_status {
    status { () throws(NeuromorphicError) in
        let files = try unsafe required(files, "files")
        // Two cores have thirteen; a larger folder than this has something else in it.
        guard 0...4096 ~= count else {
            throw .invalidArgument("count is \(UInt(bitPattern: count)), and must be 0 .. 4096")
        }
        var given: [MemoryFile] = []
        for index in 0..<count {
            let file = unsafe files[index]
            guard let name = unsafe file.name else {
                throw .invalidArgument("files[\(index)].name is NULL, and must not be")
            }
            guard unsafe file.bytes != nil || file.length == 0, unsafe file.length >= 0 else {
                throw unsafe .invalidArgument(
                    "files[\(index)].bytes is NULL, or its length of \(UInt(bitPattern: file.length)) can't be")
            }
            given.append(
                unsafe MemoryFile(
                    name: String(cString: name), bytes: UnsafeRawBufferPointer(start: file.bytes, count: file.length)))
        }
        try unsafe build(.memory(given), options, out)
    }
}

@unsafe private func build(
    _ source: ImageSource, _ options: UnsafePointer<neuromorphic_femto_options>?,
    _ out: UnsafeMutablePointer<OpaquePointer?>?
) throws(NeuromorphicError) {
    let out = try unsafe required(out, "out")
    var wanted = unsafe neuromorphic_femto_options()
    if let options = unsafe options { unsafe wanted = try read(options, "options") }
    let program = try femto { () throws(FemtosenseError) in
        try unsafe SPUProgram.build(source, SPUProgram.Options(wanted)) { progress in
            guard let function = unsafe wanted.progress else { return true }
            return unsafe function(wanted.progress_context, UInt64(progress.done), UInt64(progress.total)) == 0
        }
    }
    unsafe out.pointee = Handles.femtoPrograms.insert(program)
}

extension SPUProgram.Options {
    fileprivate init(_ options: neuromorphic_femto_options) throws(FemtosenseError) {
        guard unsafe (options.lenient | options.has_key_index | options.has_salt) <= 1, unsafe options.reserved == 0
        else {
            throw FemtosenseError(
                .invalidArgument,
                "options.lenient, options.has_key_index and options.has_salt must be 0 or 1, and options.reserved 0")
        }
        let chip: SPUChip =
            switch unsafe options.chip {
            case NEUROMORPHIC_FEMTO_CHIP_DEFAULT: try SPUEnvironment.chip()
            case NEUROMORPHIC_FEMTO_CHIP_SPU1P2: .spu1p2
            case NEUROMORPHIC_FEMTO_CHIP_SPU1P3: .spu1p3
            default:
                throw unsafe FemtosenseError(
                    .invalidArgument,
                    "options.chip is \(options.chip.rawValue), and must be one of NEUROMORPHIC_FEMTO_CHIP_...")
            }
        try unsafe self.init(
            chip: chip, keyIndex: options.has_key_index == 1 ? options.key_index : nil,
            salt: options.has_salt == 1 ? options.salt : nil, isLenient: options.lenient == 1)
    }
}

/// Failures of the module as the program gets them.
private func femto<Value>(_ body: () throws(FemtosenseError) -> Value) throws(NeuromorphicError) -> Value {
    do throws(FemtosenseError) {
        return try body()
    } catch {
        if case .system(let cause) = error.kind { throw NeuromorphicError(cause, error.sentence) }
        throw NeuromorphicError(error.kind.status, error.sentence)
    }
}

extension FemtosenseError.Kind {
    fileprivate var status: neuromorphic_status {
        switch self {
        case .invalidArgument: NEUROMORPHIC_ERROR_INVALID_ARGUMENT
        case .outOfRange: NEUROMORPHIC_ERROR_OUT_OF_RANGE
        case .unsupported: NEUROMORPHIC_ERROR_UNSUPPORTED
        case .invalidFile: NEUROMORPHIC_ERROR_INVALID_FILE
        case .notFound: NEUROMORPHIC_ERROR_NOT_FOUND
        case .alreadyExists: NEUROMORPHIC_ERROR_ALREADY_EXISTS
        case .interrupted: NEUROMORPHIC_ERROR_INTERRUPTED
        case .outOfMemory: NEUROMORPHIC_ERROR_OUT_OF_MEMORY
        case .system: NEUROMORPHIC_ERROR_IO
        }
    }
}

// ---- A program ----

@c @implementation
public func neuromorphic_femto_program_summary(
    _ program: OpaquePointer!, _ out: UnsafeMutablePointer<neuromorphic_femto_summary>!
) -> neuromorphic_status {
    status { () throws(NeuromorphicError) in
        let program = try unsafe Handles.femtoPrograms.object(program)
        try unsafe write(neuromorphic_femto_summary(program), to: out, "out")
    }
}

extension neuromorphic_femto_summary {
    fileprivate init(_ program: SPUProgram) {
        let summary = program.summary
        self.init()
        chip =
            switch program.chip {
            case .spu1p2: NEUROMORPHIC_FEMTO_CHIP_SPU1P2
            case .spu1p3: NEUROMORPHIC_FEMTO_CHIP_SPU1P3
            }
        cores = UInt32(summary.cores)
        data_banks = UInt32(summary.dataBanks)
        table_banks = UInt32(summary.tableBanks)
        data_words = UInt64(summary.words[0])
        table_words = UInt64(summary.words[1])
        sboard_words = UInt64(summary.words[2])
        rqueue_words = UInt64(summary.words[3])
        progbuf_words = UInt64(summary.words[4])
        instructions = UInt64(summary.words[5])
        records = UInt64(summary.records)
        file_bytes = unsafe UInt64(program.bytes(of: .addresses).count)
    }
}

@c @implementation
public func neuromorphic_femto_program_texts(
    _ program: OpaquePointer!, _ addresses: UnsafeMutablePointer<UnsafePointer<CChar>?>!,
    _ data: UnsafeMutablePointer<UnsafePointer<CChar>?>!, _ length: UnsafeMutablePointer<Int>!
) -> neuromorphic_status {
    status { () throws(NeuromorphicError) in
        let program = try unsafe Handles.femtoPrograms.object(program)
        let addresses = try unsafe required(addresses, "addresses")
        let data = try unsafe required(data, "data")
        let length = try unsafe required(length, "length")
        unsafe addresses.pointee = program.bytes(of: .addresses).baseAddress?.assumingMemoryBound(to: CChar.self)
        unsafe data.pointee = program.bytes(of: .data).baseAddress?.assumingMemoryBound(to: CChar.self)
        unsafe length.pointee = program.bytes(of: .data).count
    }
}

@c @implementation
public func neuromorphic_femto_program_write(
    _ program: OpaquePointer!, _ folder: UnsafePointer<CChar>!, _ slot: UInt32, _ overwrite: UInt32
) -> neuromorphic_status {
    status { () throws(NeuromorphicError) in
        let program = try unsafe Handles.femtoPrograms.object(program)
        let folder = unsafe String(cString: try required(folder, "folder"))
        guard overwrite <= 1 else { throw .invalidArgument("overwrite is \(overwrite), and must be 0 or 1") }
        try femto { () throws(FemtosenseError) in
            try ProgramFiles(of: program, folder: folder, slot: slot).write(overwriting: overwrite == 1)
        }
    }
}

@c @implementation
public func neuromorphic_femto_program_verify(
    _ program: OpaquePointer!, _ folder: UnsafePointer<CChar>!, _ slot: UInt32
) -> neuromorphic_status {
    status { () throws(NeuromorphicError) in
        let program = try unsafe Handles.femtoPrograms.object(program)
        let folder = unsafe String(cString: try required(folder, "folder"))
        try femto { () throws(FemtosenseError) in
            try ProgramFiles(of: program, folder: folder, slot: slot).verify()
        }
    }
}

@c @implementation
public func neuromorphic_femto_program_free(_ program: OpaquePointer!) {
    _ = unsafe Handles.femtoPrograms.remove(program)
}
