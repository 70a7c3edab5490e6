/// What the scenes show during one step, in the order in which the sensor reads it: the rows from top to bottom.
///
/// Keeps its memory from step to step.
struct StepReadout {
    private(set) var groups: [PixelGroup] = []
    private var unordered: [PixelGroup] = []
    /// How many groups each row has, and then where they go.
    private var places = [Int](repeating: 0, count: SimulatedSensor.height)

    mutating func removeAll() { groups.removeAll(keepingCapacity: true) }

    /// Adds pixels that are known to be on the sensor.
    mutating func append(_ group: PixelGroup) { groups.append(group) }

    /// Adds the pixels that are on the sensor, in any order of rows and at most `budget`, which is lowered by their number.
    mutating func append(x: Int, y: Int, on: UInt8, mask: UInt32, budget: inout Int) {
        var column = x
        var mask = mask
        if column < 0 {
            mask >>= -column
            column = 0
        } else if column > SimulatedSensor.width &- SimulatedSensor.groupWidth {
            let room = SimulatedSensor.width &- column
            mask &= room > 0 ? ~(~0 << UInt32(truncatingIfNeeded: room)) : 0
        }
        var count = mask.nonzeroBitCount
        while count > budget {
            mask &= mask &- 1
            count &-= 1
        }
        guard mask != 0 else { return }
        budget &-= count
        let row = UInt16(truncatingIfNeeded: y)
        groups.append(PixelGroup(readAt: row, y: row, x: UInt16(truncatingIfNeeded: column), on: on, mask: mask))
    }

    /// Puts the groups into the order in which they are read; those that are read at the same row stay as they are.
    mutating func order() {
        guard let first = groups.first else { return }
        for row in places.indices { places[row] = 0 }
        for group in groups { places[Int(group.readAt)] &+= 1 }
        var place = 0
        for row in places.indices {
            let count = places[row]
            places[row] = place
            place &+= count
        }
        swap(&groups, &unordered)
        groups.removeAll(keepingCapacity: true)
        groups.append(contentsOf: repeatElement(first, count: unordered.count))
        for group in unordered {
            let row = Int(group.readAt)
            groups[places[row]] = group
            places[row] &+= 1
        }
    }
}
