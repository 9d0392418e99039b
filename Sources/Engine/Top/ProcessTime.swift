import Glibc

/// Times as ps writes them, in the host's time zone.
enum ProcessTime {
    /// `[days-]hours:minutes:seconds`.
    static func clock(_ seconds: Int64) -> String {
        let days = seconds / 86_400
        let rest = "\(two(seconds / 3600 % 24)):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
        return days > 0 ? "\(two(days))-\(rest)" : rest
    }

    /// `minutes:seconds`.
    static func minutes(_ seconds: Int64) -> String {
        "\(seconds / 60):\(two(seconds % 60))"
    }

    /// `[[days-]hours:]minutes:seconds`.
    static func elapsed(_ seconds: Int64) -> String {
        let hours = seconds >= 3600 ? "\(two(seconds / 3600 % 24)):" : ""
        let days = seconds >= 86_400 ? "\(seconds / 86_400)-" : ""
        return "\(days)\(hours)\(two(seconds / 60 % 60)):\(two(seconds % 60))"
    }

    /// The hour of a start on this day, the day of one in this year, or the year.
    static func start(_ time: Int64, now: Int64) -> String {
        let (start, today) = (local(time), local(now))
        if start.tm_year != today.tm_year { return "\(start.tm_year + 1900)" }
        return start.tm_yday == today.tm_yday ? hour(start) : day(start)
    }

    /// The hour of a start in the last day, or the day.
    static func recentStart(_ time: Int64, now: Int64) -> String {
        let start = local(time)
        return now - time < 86_400 ? hour(start) : day(start)
    }

    static func full(_ time: Int64) -> String {
        let start = local(time)
        let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let weekday = weekdays[Int(start.tm_wday) % weekdays.count]
        let clock = "\(hour(start)):\(two(Int64(start.tm_sec)))"
        return "\(weekday) \(month(start)) \(start.tm_mday) \(clock) \(start.tm_year + 1900)"
    }

    private static func hour(_ time: tm) -> String { "\(two(Int64(time.tm_hour))):\(two(Int64(time.tm_min)))" }

    private static func day(_ time: tm) -> String { month(time) + two(Int64(time.tm_mday)) }

    private static func month(_ time: tm) -> String {
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        return months[Int(time.tm_mon) % months.count]
    }

    private static func local(_ time: Int64) -> tm {
        var seconds = time_t(time)
        var result = tm()
        localtime_r(&seconds, &result)
        return result
    }

    private static func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
