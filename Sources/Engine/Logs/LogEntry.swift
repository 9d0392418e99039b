/// One entry of a container's log: a line, or a piece of one that was longer than the writer's buffer.
package struct LogEntry: Sendable, Equatable {
    package enum Stream: UInt8, Sendable {
        // The numbers of Docker's multiplexed stream header.
        case stdout = 1
        case stderr = 2
    }

    package var stream: Stream
    package var time: LogTimestamp
    /// The bytes as they were written, with the line feed if there was one.
    package var message: [UInt8]

    package init(stream: Stream, time: LogTimestamp, message: [UInt8]) {
        self.stream = stream
        self.time = time
        self.message = message
    }
}
