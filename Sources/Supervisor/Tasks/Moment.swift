internal import Glibc
internal import SwiftProtobuf

/// A time of the wall clock, in nanoseconds since 1970.
package struct Moment: Equatable, Sendable, Codable {
    package var nanoseconds: Int64

    package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    package static var now: Moment {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Moment(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }
}

extension Moment {
    init(_ timestamp: Google_Protobuf_Timestamp) {
        let (seconds, overflow) = timestamp.seconds.multipliedReportingOverflow(by: 1_000_000_000)
        nanoseconds = overflow ? 0 : seconds &+ Int64(timestamp.nanos)
    }

    var timestamp: Google_Protobuf_Timestamp {
        Google_Protobuf_Timestamp(seconds: nanoseconds / 1_000_000_000, nanos: Int32(nanoseconds % 1_000_000_000))
    }
}
