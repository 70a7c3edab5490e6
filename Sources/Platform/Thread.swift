import CPlatform

/// A thread of the library's own: every signal is blocked in it, so that the program's handlers run on its own threads.
@safe package final class Thread: @unchecked Sendable {
    private let handle: pthread_t

    /// - Parameters:
    ///   - name: shown by debuggers and `top`; at most 15 characters.
    ///   - body: runs on the thread.
    package static func start(
        _ name: StaticString, _ body: @escaping @Sendable () -> Void
    ) throws(SystemError) -> Thread {
        let start = unsafe Unmanaged.passRetained(ThreadStart(name, body))
        let signals = SignalsBlocked()
        var handle = pthread_t()
        let code = unsafe pthread_create(&handle, nil, runThread, start.toOpaque())
        signals.end()
        guard code == 0 else {
            unsafe start.release()
            throw SystemError("pthread_create", code: code)
        }
        return Thread(handle)
    }

    private init(_ handle: pthread_t) { self.handle = handle }

    /// Waits for the thread's end. To be called once.
    package func join() { pthread_join(handle, nil) }
}

private final class ThreadStart: Sendable {
    let name: StaticString
    let body: @Sendable () -> Void

    init(_ name: StaticString, _ body: @escaping @Sendable () -> Void) {
        self.name = name
        self.body = body
    }
}

private func runThread(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument = unsafe argument else { return nil }
    let start = unsafe Unmanaged<ThreadStart>.fromOpaque(argument).takeRetainedValue()
    _ = unsafe platform_name_thread(UnsafeRawPointer(start.name.utf8Start).assumingMemoryBound(to: CChar.self))
    start.body()
    return nil
}
