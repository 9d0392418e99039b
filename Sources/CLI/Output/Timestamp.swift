import Glibc

/// A moment, read from and written in the forms that Docker's tools use.
package struct Timestamp: Equatable, Sendable {
    package let seconds: Int64
    package let nanoseconds: Int64

    package init(seconds: Int64, nanoseconds: Int64 = 0) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    package static var now: Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(seconds: Int64(time.tv_sec), nanoseconds: Int64(time.tv_nsec))
    }

    /// Reads `2006-01-02T15:04:05.999999999Z07:00` and its shorter forms (no zone means local time).
    package init?(parsing text: String) {
        let characters = Array(text.utf8)
        func number(_ start: Int, _ count: Int) -> Int? {
            guard start + count <= characters.count else { return nil }
            return Int(String(decoding: characters[start..<start + count], as: UTF8.self))
        }
        guard characters.count >= 10, characters[4] == UInt8(ascii: "-"), characters[7] == UInt8(ascii: "-"),
            let year = number(0, 4), let month = number(5, 2), let day = number(8, 2)
        else { return nil }
        var clock = (hour: 0, minute: 0, second: 0)
        var position = 10
        if position < characters.count, characters[position] == UInt8(ascii: "T") {
            guard let hour = number(11, 2), let minute = number(14, 2) else { return nil }
            clock = (hour, minute, 0)
            position = 16
            if position < characters.count, characters[position] == UInt8(ascii: ":") {
                guard let second = number(17, 2) else { return nil }
                clock.second = second
                position = 19
            }
        }
        var fraction: Int64 = 0
        if position < characters.count, characters[position] == UInt8(ascii: ".") {
            let digits = characters[(position + 1)...].prefix { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
            let padded =
                String(decoding: digits.prefix(9), as: UTF8.self)
                + String(repeating: "0", count: max(0, 9 - digits.count))
            fraction = Int64(padded) ?? 0
            position += 1 + digits.count
        }
        var parts = tm()
        parts.tm_year = Int32(year - 1900)
        parts.tm_mon = Int32(month - 1)
        parts.tm_mday = Int32(day)
        parts.tm_hour = Int32(clock.hour)
        parts.tm_min = Int32(clock.minute)
        parts.tm_sec = Int32(clock.second)
        parts.tm_isdst = -1
        let zone = String(decoding: characters[position...], as: UTF8.self)
        if zone.isEmpty {
            seconds = Int64(mktime(&parts))
        } else {
            guard let offset = Self.offset(zone) else { return nil }
            seconds = Int64(timegm(&parts)) - offset
        }
        nanoseconds = fraction
    }

    private static func offset(_ zone: String) -> Int64? {
        if zone == "Z" { return 0 }
        let sign: Int64 = zone.hasPrefix("-") ? -1 : 1
        let fields = zone.dropFirst().split(separator: ":")
        guard zone.hasPrefix("-") || zone.hasPrefix("+"), fields.count == 2, let hours = Int64(fields[0]),
            let minutes = Int64(fields[1])
        else { return nil }
        return sign * (hours * 3600 + minutes * 60)
    }

    /// strftime in local time.
    package func local(_ format: String) -> String {
        formatted(format, localtime_r)
    }

    /// strftime in UTC.
    package func utc(_ format: String) -> String {
        formatted(format, gmtime_r)
    }

    private func formatted(
        _ format: String,
        _ convert: (UnsafePointer<time_t>, UnsafeMutablePointer<tm>) -> UnsafeMutablePointer<tm>?
    ) -> String {
        var clock = time_t(seconds)
        var parts = tm()
        _ = convert(&clock, &parts)
        var buffer = [CChar](repeating: 0, count: 128)
        let count = strftime(&buffer, buffer.count, format, &parts)
        return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// `2024-01-02 15:04:05 +0000 UTC`, Go's own form.
    package var goText: String { local("%Y-%m-%d %H:%M:%S %z %Z") }

    /// How long ago, in words.
    package func age(at now: Timestamp = .now) -> String {
        Humanize.duration(seconds: now.seconds - seconds)
    }
}

extension Timestamp {
    /// RFC 3339 with nine decimals and the local zone's offset.
    package var rfc3339Nano: String {
        let fraction = String(nanoseconds)
        let zone = local("%z")
        let offset = zone == "+0000" ? "Z" : "\(zone.prefix(3)):\(zone.suffix(2))"
        return local("%Y-%m-%dT%H:%M:%S") + "."
            + String(repeating: "0", count: 9 - fraction.count) + fraction + offset
    }

    /// A point in time as `--since` and `--until` take it: a duration before now, a date, or seconds; as seconds.
    package static func queryText(_ text: String, now: Timestamp = .now) -> String? {
        if let duration = GoDuration.parse(text) {
            let total = now.seconds * 1_000_000_000 + now.nanoseconds - duration
            return "\(total / 1_000_000_000).\(String(total % 1_000_000_000).leftPadded(to: 9))"
        }
        if let moment = Timestamp(parsing: text) {
            return "\(moment.seconds).\(String(moment.nanoseconds).leftPadded(to: 9))"
        }
        guard text.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }) else { return nil }
        return text
    }
}

extension String {
    fileprivate func leftPadded(to count: Int) -> String {
        String(repeating: "0", count: max(0, count - self.count)) + self
    }
}
