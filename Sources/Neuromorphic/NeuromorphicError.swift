package import CNeuromorphic
package import Platform
package import Sentences

/// A failure as the program gets it: a status of the header, and the sentence that says what, where, and what to do.
package struct NeuromorphicError: Error {
    package let status: neuromorphic_status
    package let sentence: Sentence

    package init(_ status: neuromorphic_status, _ sentence: Sentence) {
        self.status = status
        self.sentence = sentence
    }

    package static func invalidArgument(_ sentence: Sentence) -> NeuromorphicError {
        NeuromorphicError(NEUROMORPHIC_ERROR_INVALID_ARGUMENT, sentence)
    }

    package static func invalidSource(_ sentence: Sentence) -> NeuromorphicError {
        NeuromorphicError(NEUROMORPHIC_ERROR_INVALID_SOURCE, sentence)
    }

    package static func unsupported(_ sentence: Sentence) -> NeuromorphicError {
        NeuromorphicError(NEUROMORPHIC_ERROR_UNSUPPORTED, sentence)
    }

    /// What a refused call of the system means to the program.
    package init(_ error: SystemError, _ what: Sentence) {
        let (status, advice) = Self.meaning(of: error.code)
        self.init(status, "\(what): \(error.reason) (\(error.call))\(advice)")
    }

    private static func meaning(of code: Int32) -> (neuromorphic_status, StaticString) {
        switch Errno(rawValue: code) {
        case .noSuchFile, .notADirectory:
            (NEUROMORPHIC_ERROR_NOT_FOUND, "; check the path, which is taken relative to the working directory")
        case .permissionDenied, .notPermitted, .readOnlyFileSystem:
            (NEUROMORPHIC_ERROR_PERMISSION_DENIED, "; check who may access it (ls -l), or use another place")
        case .fileExists: (NEUROMORPHIC_ERROR_ALREADY_EXISTS, "; choose another name, or ask to overwrite it")
        case .noMemory: (NEUROMORPHIC_ERROR_OUT_OF_MEMORY, "; use smaller or fewer buffers and leases")
        case .tooManyOpenFiles, .tooManyOpenFilesInSystem:
            (NEUROMORPHIC_ERROR_IO, "; close some files or devices, or raise the limit (ulimit -n)")
        case .noSpace: (NEUROMORPHIC_ERROR_IO, "; free some space, or use another disk")
        case nil: (NEUROMORPHIC_ERROR_IO, "")
        }
    }

    /// The numbers of Linux's errno that have a meaning of their own here.
    private enum Errno: Int32 {
        case notPermitted = 1
        case noSuchFile = 2
        case noMemory = 12
        case permissionDenied = 13
        case fileExists = 17
        case notADirectory = 20
        case tooManyOpenFilesInSystem = 23
        case tooManyOpenFiles = 24
        case noSpace = 28
        case readOnlyFileSystem = 30
    }
}
