import Glibc

/// A log's entries, as many at a time as a read gave.
package struct LogBatches: AsyncSequence, Sendable {
    package typealias Element = [LogEntry]

    let reader: LogReader
    let path: String
    let options: LogReaderOptions

    package func makeAsyncIterator() -> Iterator {
        Iterator(reader: reader, path: path, options: options)
    }

    package struct Iterator: AsyncIteratorProtocol {
        private let reader: LogReader
        private let path: String
        private let options: LogReaderOptions
        private let cursor: LogCursorBox
        private var following: LogFollowing?

        init(reader: LogReader, path: String, options: LogReaderOptions) {
            self.reader = reader
            self.path = path
            self.options = options
            cursor = LogCursorBox(path, options)
        }

        /// Nil at the end, and when the task is cancelled.
        package mutating func next() async throws -> [LogEntry]? {
            // Watched before the first read, so that no change falls between the two.
            if options.follow != nil && following == nil { following = try reader.follow(path, options) }
            while !Task.isCancelled {
                switch try await reader.step(cursor) {
                case .entries(let entries): return entries
                case .finished: return nil
                case .waiting:
                    guard let following, !isPastUntil else { return nil }
                    await following.waiter.wait()
                }
            }
            return nil
        }

        private var isPastUntil: Bool {
            guard let until = options.until else { return false }
            var now = timespec()
            clock_gettime(CLOCK_REALTIME, &now)
            return until < LogTimestamp(seconds: Int64(now.tv_sec), nanoseconds: Int32(truncatingIfNeeded: now.tv_nsec))
        }
    }
}
