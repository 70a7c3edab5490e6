/// Events per microsecond, by polarity.
struct EventRates {
    var on = 0.0
    var off = 0.0
}

/// Whole events out of a rate; what a step leaves over is for the next.
struct EventBudget {
    private var left = 0.0

    mutating func take(_ rate: Double, for step: TimeStep) -> Int {
        left += rate * Double(step.length)
        let events = Int(left)
        left -= Double(events)
        return events
    }
}
