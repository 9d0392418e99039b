import Synchronization

/// Lets so many downloads go on at once, and only one of each blob. Who came first is first.
final class DownloadSlots: Sendable {
    private struct Waiter {
        let ticket: Int
        let digest: Digest
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var free: Int
        var tickets = 0
        var busy: Set<Digest> = []
        var waiters: [Waiter] = []

        mutating func take(_ digest: Digest) -> Bool {
            guard free > 0, !busy.contains(digest) else { return false }
            free -= 1
            busy.insert(digest)
            return true
        }
    }

    private let state: Mutex<State>

    init(_ count: Int) {
        state = Mutex(State(free: max(1, count)))
    }

    /// - Parameter willWait: called where the body cannot begin yet.
    func run<Value: Sendable>(
        _ digest: Digest, willWait: () -> Void, _ body: () async throws -> Value
    ) async throws -> Value {
        if !state.withLock({ $0.take(digest) }) {
            willWait()
            try await wait(digest)
        }
        defer { release(digest) }
        return try await body()
    }

    private func wait(_ digest: Digest) async throws {
        let ticket = state.withLock { state in
            state.tickets += 1
            return state.tickets
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                let result: Result<Void, any Error>? = state.withLock { state in
                    // A cancellation before this found no waiter to end.
                    if Task.isCancelled { return .failure(CancellationError()) }
                    if state.take(digest) { return .success(()) }
                    state.waiters.append(Waiter(ticket: ticket, digest: digest, continuation: continuation))
                    return nil
                }
                if let result { continuation.resume(with: result) }
            }
        } onCancel: {
            cancel(ticket)
        }
    }

    private func cancel(_ ticket: Int) {
        let waiter = state.withLock { state in
            state.waiters.firstIndex { $0.ticket == ticket }.map { state.waiters.remove(at: $0) }
        }
        waiter?.continuation.resume(throwing: CancellationError())
    }

    private func release(_ digest: Digest) {
        let ready = state.withLock { state in
            state.free += 1
            state.busy.remove(digest)
            var (ready, waiting): ([Waiter], [Waiter]) = ([], [])
            for waiter in state.waiters {
                if state.take(waiter.digest) { ready.append(waiter) } else { waiting.append(waiter) }
            }
            state.waiters = waiting
            return ready
        }
        for waiter in ready { waiter.continuation.resume() }
    }
}
