/// A log's entries, one by one.
package struct LogEntries: AsyncSequence, Sendable {
    package typealias Element = LogEntry

    let batches: LogBatches

    package func makeAsyncIterator() -> Iterator {
        Iterator(batches: batches.makeAsyncIterator())
    }

    package struct Iterator: AsyncIteratorProtocol {
        fileprivate var batches: LogBatches.Iterator
        private var batch: ArraySlice<LogEntry> = []

        fileprivate init(batches: LogBatches.Iterator) {
            self.batches = batches
        }

        package mutating func next() async throws -> LogEntry? {
            while batch.isEmpty {
                guard let next = try await batches.next() else { return nil }
                batch = next[...]
            }
            return batch.popFirst()
        }
    }
}
