/// What to read of a container's log.
package struct LogReaderOptions: Sendable {
    package var stdout: Bool
    package var stderr: Bool
    /// Entries before this time are left out.
    package var since: LogTimestamp?
    /// Reading ends at the first entry after this time.
    package var until: LogTimestamp?
    /// How many of the last entries to read, over both streams as Docker counts them; nil for all.
    package var tail: Int?
    /// Set to go on after the last entry with those to come, until the signal says that the container has stopped.
    package var follow: LogStopSignal?

    package init(
        stdout: Bool = true, stderr: Bool = true, since: LogTimestamp? = nil, until: LogTimestamp? = nil,
        tail: Int? = nil, follow: LogStopSignal? = nil
    ) {
        self.stdout = stdout
        self.stderr = stderr
        self.since = since
        self.until = until
        self.tail = tail
        self.follow = follow
    }
}
