import LinuxSystem
package import NIOPosix
import Synchronization

/// Reads the logs that shims write: the json-file driver's files with their rotated predecessors.
///
/// Reading happens on threads that may block, a chunk at a time and only when the consumer asks for more, so that a slow
/// client costs no memory. Following waits for the kernel's notice of a change; nothing is polled.
package final class LogReader: Sendable {
    private let threads: NIOThreadPool
    private let monitor = Mutex<DirectoryMonitor?>(nil)

    package init(threads: NIOThreadPool = .singleton) {
        self.threads = threads
    }

    /// The entries of the log at this path, one by one. A log that does not exist has none.
    package func read(path: String, options: LogReaderOptions) -> LogEntries {
        LogEntries(batches: readBatches(path: path, options: options))
    }

    /// The same entries, as many at a time as a read of the file gave.
    package func readBatches(path: String, options: LogReaderOptions) -> LogBatches {
        LogBatches(reader: self, path: path, options: options)
    }

    func follow(_ path: String, _ options: LogReaderOptions) throws -> LogFollowing {
        try LogFollowing(path, options, monitor: sharedMonitor())
    }

    func step(_ cursor: LogCursorBox) async throws -> LogCursor.Step {
        try await threads.runIfActive { try cursor.mutex.withLock { try $0.next() } }
    }

    private func sharedMonitor() throws -> DirectoryMonitor {
        try monitor.withLock { monitor in
            if let monitor { return monitor }
            let made = try DirectoryMonitor()
            monitor = made
            return made
        }
    }
}

/// Lets a cursor travel to the thread that reads.
final class LogCursorBox: Sendable {
    let mutex: Mutex<LogCursor>

    init(_ path: String, _ options: LogReaderOptions) {
        mutex = Mutex(LogCursor(path: path, options: options))
    }
}
