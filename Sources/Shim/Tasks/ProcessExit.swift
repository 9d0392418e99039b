internal import Glibc
internal import LinuxSystem
internal import SwiftProtobuf

/// How and when a process ended; kept in a file of the bundle so that it outlives the shim.
package struct ProcessExit: Equatable {
    package var pid: UInt32
    /// The exit code, or 128 + the signal's number.
    package var status: UInt32
    package var seconds: Int64
    package var nanoseconds: Int32

    package init(pid: UInt32, status: UInt32, seconds: Int64, nanoseconds: Int32) {
        self.pid = pid
        self.status = status
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    /// An end seen now.
    package static func now(pid: UInt32, status: UInt32) -> ProcessExit {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return ProcessExit(
            pid: pid, status: status, seconds: Int64(time.tv_sec), nanoseconds: Int32(time.tv_nsec))
    }

    /// Reads what ``text`` wrote.
    package init?(parsing text: String) {
        let fields = text.split(whereSeparator: \.isWhitespace)
        guard fields.count == 4, let pid = UInt32(fields[0]), let status = UInt32(fields[1]),
            let seconds = Int64(fields[2]), let nanoseconds = Int32(fields[3])
        else { return nil }
        self.init(pid: pid, status: status, seconds: seconds, nanoseconds: nanoseconds)
    }

    /// `pid status seconds nanoseconds`.
    package var text: String { "\(pid) \(status) \(seconds) \(nanoseconds)\n" }

    var timestamp: Google_Protobuf_Timestamp {
        Google_Protobuf_Timestamp(seconds: seconds, nanos: nanoseconds)
    }
}
