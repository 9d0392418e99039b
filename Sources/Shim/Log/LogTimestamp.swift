internal import Glibc

/// A moment as Go prints it in RFC 3339 with nanoseconds: UTC, trailing zeros of the fraction removed.
package struct LogTimestamp {
    private var text: InlineArray<30, UInt8>
    private var length = 0

    /// The wall clock's time now.
    package static func now() -> LogTimestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return LogTimestamp(seconds: time.tv_sec, nanoseconds: time.tv_nsec)
    }

    /// The wall clock's time now, since 1970.
    package static func nanoseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// A time of the years 0 to 9999 since 1970-01-01T00:00:00Z.
    package init(seconds: Int, nanoseconds: Int) {
        text = InlineArray(repeating: 0)
        var moment = time_t(seconds)
        var parts = tm()
        gmtime_r(&moment, &parts)
        put(Int(parts.tm_year) + 1900, digits: 4)
        put(0x2D)
        put(Int(parts.tm_mon) + 1, digits: 2)
        put(0x2D)
        put(Int(parts.tm_mday), digits: 2)
        put(0x54)
        put(Int(parts.tm_hour), digits: 2)
        put(0x3A)
        put(Int(parts.tm_min), digits: 2)
        put(0x3A)
        put(Int(parts.tm_sec), digits: 2)
        putFraction(nanoseconds)
        put(0x5A)
    }

    package func append(to output: ByteBuffer) {
        output.reserve(length)
        for index in 0..<length { output.put(text[index]) }
    }

    private mutating func putFraction(_ nanoseconds: Int) {
        guard nanoseconds > 0 else { return }
        var value = nanoseconds
        var digits = 9
        while value % 10 == 0 {
            value /= 10
            digits -= 1
        }
        put(0x2E)
        put(value, digits: digits)
    }

    private mutating func put(_ byte: UInt8) {
        text[length] = byte
        length += 1
    }

    private mutating func put(_ value: Int, digits: Int) {
        var rest = value
        for position in stride(from: length + digits - 1, through: length, by: -1) {
            text[position] = 0x30 + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
        length += digits
    }
}
