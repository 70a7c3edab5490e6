public import CNeuromorphic
import Neuromorphic
import Sentences

/// The version as text; the numbers are the header's.
let libraryVersion: StaticString = "0.1.0"

private let libraryVersionNumber = UInt32(
    NEUROMORPHIC_VERSION_MAJOR << 16 | NEUROMORPHIC_VERSION_MINOR << 8 | NEUROMORPHIC_VERSION_PATCH)

@c @implementation
public func neuromorphic_version() -> UInt32 { libraryVersionNumber }

@c @implementation
public func neuromorphic_version_text() -> UnsafePointer<CChar>! { unsafe text(libraryVersion) }

@c @implementation
public func neuromorphic_check_version(_ header_version: UInt32) -> neuromorphic_status {
    status { () throws(NeuromorphicError) in
        // Before 1.0, a minor version may change anything.
        let shift: UInt32 = libraryVersionNumber >> 16 == 0 ? 8 : 16
        let isCompatible =
            header_version >> shift == libraryVersionNumber >> shift && header_version <= libraryVersionNumber
        guard isCompatible else {
            let major = header_version >> 16
            throw NeuromorphicError(
                NEUROMORPHIC_ERROR_INCOMPATIBLE_VERSION,
                "the program was compiled with the header of version \(major).\(header_version >> 8 & 0xFF)."
                    + "\(header_version & 0xFF), and the library is \(libraryVersion); compile it with this library's header"
            )
        }
    }
}
