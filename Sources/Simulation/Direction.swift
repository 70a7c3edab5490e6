/// A direction on the sensor, as a vector of length 1; y points down.
struct Direction {
    let x: Double
    let y: Double

    private init(x: Double, y: Double) {
        self.x = x
        self.y = y
    }

    /// The direction that is so much of a turn, 0 ..< 1, clockwise from the right.
    init(turns: Double) {
        let eighths = Int(turns * 8)
        // Within an eighth of a turn, the first terms of the power series are exact to 10^-9.
        let angle = (turns - Double(eighths) / 8) * 2 * Double.pi
        let square = angle * angle
        let sine =
            angle * (1 - square / 6 * (1 - square / 20 * (1 - square / 42 * (1 - square / 72 * (1 - square / 110)))))
        let cosine = 1 - square / 2 * (1 - square / 12 * (1 - square / 30 * (1 - square / 56 * (1 - square / 90))))
        self = Direction(x: cosine, y: sine).turned(eighths: eighths)
    }

    func turned(eighths: Int) -> Direction {
        let diagonal = 0.707_106_781_186_547_6
        let (c, s) =
            switch eighths & 7 {
            case 0: (1.0, 0.0)
            case 1: (diagonal, diagonal)
            case 2: (0.0, 1.0)
            case 3: (-diagonal, diagonal)
            case 4: (-1.0, 0.0)
            case 5: (-diagonal, -diagonal)
            case 6: (0.0, -1.0)
            default: (diagonal, -diagonal)
            }
        return Direction(x: x * c - y * s, y: x * s + y * c)
    }
}
