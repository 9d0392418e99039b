import Synchronization

/// Lets one task wait until something changed; a change that comes before the wait ends it at once.
final class LogWaiter: Sendable {
    private enum State {
        case idle
        case changed
        case waiting(CheckedContinuation<Void, Never>)
    }

    private let state = Mutex(State.idle)

    func wake() {
        let waiting: CheckedContinuation<Void, Never>? = state.withLock {
            if case .waiting(let continuation) = $0 {
                $0 = .idle
                return continuation
            }
            $0 = .changed
            return nil
        }
        waiting?.resume()
    }

    /// Also ends when the task is cancelled.
    func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock {
                    if case .changed = $0 {
                        $0 = .idle
                        return true
                    }
                    $0 = .waiting(continuation)
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            wake()
        }
    }
}
