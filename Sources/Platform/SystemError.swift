import CPlatform

/// A call of libc that failed: which one, and why.
package struct SystemError: Error {
    package let call: StaticString
    /// As in errno.
    package let code: Int32

    package init(_ call: StaticString, code: Int32 = platform_errno()) {
        self.call = call
        self.code = code
    }

    /// The system's own words, such as "No space left on device".
    package var reason: String {
        var buffer = InlineArray<128, CChar>(repeating: 0)
        var span = buffer.mutableSpan
        return unsafe span.withUnsafeMutableBufferPointer { characters in
            guard let start = characters.baseAddress, unsafe strerror_r(code, start, characters.count) == 0 else {
                return "error \(code)"
            }
            return unsafe String(cString: start)
        }
    }
}
