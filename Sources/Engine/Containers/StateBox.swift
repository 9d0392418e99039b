import Synchronization

extension Exec {
    /// An exec's status, with those who wait for its end.
    final class StateBox: Sendable {
        private struct Content: Sendable {
            var status = Status()
            var waiting: [AsyncStream<Never>.Continuation] = []
        }

        private let content = Mutex(Content())

        var value: Status { content.withLock { $0.status } }

        func claimStart() -> Bool {
            content.withLock { content in
                guard !content.status.hasStarted else { return false }
                content.status.hasStarted = true
                return true
            }
        }

        func update(_ change: (inout Status) -> Void) {
            content.withLock { change(&$0.status) }
        }

        func end(code: Int) {
            let waiting = content.withLock { content in
                content.status.exitCode = code
                content.status.isRunning = false
                let waiting = content.waiting
                content.waiting = []
                return waiting
            }
            for continuation in waiting { continuation.finish() }
        }

        /// Returns when it has ended, or when the caller is cancelled.
        func waitForEnd() async {
            let (stream, continuation) = AsyncStream.makeStream(of: Never.self)
            content.withLock { content in
                if content.status.exitCode == nil {
                    content.waiting.append(continuation)
                } else {
                    continuation.finish()
                }
            }
            for await _ in stream {}
        }
    }
}
