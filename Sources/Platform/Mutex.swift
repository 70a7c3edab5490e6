/// A value that is only reached with a lock held.
package final class Mutex<Value: ~Copyable>: @unchecked Sendable {
    private let monitor = Monitor()
    private var value: Value

    package init(_ value: consuming sending Value) { self.value = value }

    package func withLock<Result, Failure: Error>(
        _ body: (inout Value) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try monitor.withLock { () throws(Failure) in try body(&value) }
    }
}
