import Synchronization

/// Tells blocking work that its task was cancelled.
final class CancellationFlag: Sendable {
    private let flag = Atomic(false)

    var isCancelled: Bool { flag.load(ordering: .relaxed) }

    func cancel() { flag.store(true, ordering: .relaxed) }
}

/// Thins progress reports out to steps of a hundredth, and at least half a megabyte.
struct ProgressSteps {
    private let step: Int64
    private var next: Int64 = 0

    init(of total: Int64) {
        step = max(total / 100, 512 << 10)
    }

    mutating func shouldReport(_ done: Int64) -> Bool {
        guard done >= next else { return false }
        next = done + step
        return true
    }
}
