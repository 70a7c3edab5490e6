/// Pixels of one row that saw the same change: bit i of `mask` is the pixel x + i.
struct PixelGroup {
    /// The row at which the readout is when it reads them: their own, but for a scene that is read faster.
    var readAt: UInt16
    var y: UInt16
    var x: UInt16
    var on: UInt8
    var mask: UInt32
}
