import CNeuromorphic
import Cameras
import Sentences
import USBTransport

/// What can go wrong with a camera: a transfer, or a step of a sequence.
protocol CameraFailure: Error {
    var cause: LinkError.Cause { get }
    var sentence: Sentence { get }
}

extension LinkError: CameraFailure {}

extension SequenceError: CameraFailure {
    var cause: LinkError.Cause { error.cause }
}

extension NeuromorphicError {
    /// What a camera's failure means to the program.
    ///
    /// - Parameter what: what was being done, with which camera.
    init(_ error: some CameraFailure, _ what: Sentence) {
        let (status, advice) = Self.meaning(of: error.cause)
        self.init(status, "\(what): \(error.sentence)\(advice)")
    }

    init(_ error: USBError, _ what: Sentence) { self.init(LinkError(error, timeoutMilliseconds: 0), what) }

    /// Does something with a camera; a failure says that it was this.
    static func attempt<Result, Failure: CameraFailure>(
        _ what: @autoclosure () -> Sentence, _ body: () throws(Failure) -> Result
    ) throws(NeuromorphicError) -> Result {
        do throws(Failure) {
            return try body()
        } catch {
            throw NeuromorphicError(error, what())
        }
    }

    private static func meaning(of cause: LinkError.Cause) -> (neuromorphic_status, Sentence) {
        switch cause {
        case .timedOut:
            (NEUROMORPHIC_ERROR_NO_ANSWER, "; if it happens again, unplug the camera and plug it in again")
        case .unplugged:
            (NEUROMORPHIC_ERROR_UNPLUGGED, "; close the device, check cable and power, and open it anew")
        case .stalled: (NEUROMORPHIC_ERROR_STALLED, "; close the device and open it anew")
        case .busy: (NEUROMORPHIC_ERROR_BUSY, "; close the other program")
        case .permissionDenied: (NEUROMORPHIC_ERROR_PERMISSION_DENIED, "; \(udevRemedy)")
        case .noMemory: (NEUROMORPHIC_ERROR_OUT_OF_MEMORY, "")
        case .refused, .wrongAnswer, .unexpectedValue, .overflow:
            (NEUROMORPHIC_ERROR_BAD_ANSWER, "; if it happens again, unplug the camera and plug it in again")
        case .failed: (NEUROMORPHIC_ERROR_IO, "; check cable and hub, close the device and open it anew")
        }
    }
}

/// What lets a user open cameras who may not.
let udevRemedy: StaticString = """
    let udev give you access: copy 65-neuromorphic.rules (docs/udev in the sources; `make install` does it) to \
    /etc/udev/rules.d, run `sudo udevadm control --reload && sudo udevadm trigger`, and plug the camera in again
    """
