/// The sensor that is simulated.
///
/// Source: Prophesee's and Sony's product pages of the IMX636: 1280 x 720 pixels, 1.06 Gev/s at the most.
enum SimulatedSensor {
    static let width = 1280
    static let height = 720
    /// Events per microsecond at the most.
    static let peakRate = 1060.0
    /// A pixel group is as wide as what three vector words of EVT3 say: 12 + 12 + 8 pixels.
    static let groupWidth = 32
}
