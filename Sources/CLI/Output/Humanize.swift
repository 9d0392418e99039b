import Glibc

/// Sizes and durations as Docker words them.
package enum Humanize {
    /// printf's `%.<decimals>f`.
    package static func fixed(_ value: Double, decimals: Int) -> String {
        printf("%.\(max(0, decimals))f", value)
    }

    /// Four significant digits in powers of 1000: `1.92kB`.
    package static func size(_ bytes: Double, digits: Int = 4) -> String {
        scaled(bytes, 1000, ["B", "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"], digits)
    }

    /// Four significant digits in powers of 1024: `23.54GiB`.
    package static func binarySize(_ bytes: Double) -> String {
        scaled(bytes, 1024, ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"], 4)
    }

    private static func scaled(_ value: Double, _ base: Double, _ units: [String], _ digits: Int) -> String {
        var value = value
        var index = 0
        while value >= base, index < units.count - 1 {
            value /= base
            index += 1
        }
        return printf("%.\(digits)g", value) + units[index]
    }

    private static func printf(_ format: String, _ value: Double) -> String {
        var buffer = [CChar](repeating: 0, count: 64)
        let count = withVaList([value]) { vsnprintf(&buffer, buffer.count, format, $0) }
        return String(decoding: buffer.prefix(Int(count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// `About a minute`, `3 hours`, `2 weeks`.
    package static func duration(seconds: Int64) -> String {
        let minutes = seconds / 60
        let hours = Int64((Double(seconds) / 3600 + 0.5).rounded(.down))
        switch true {
        case seconds < 1: return "Less than a second"
        case seconds == 1: return "1 second"
        case seconds < 60: return "\(seconds) seconds"
        case minutes == 1: return "About a minute"
        case minutes < 60: return "\(minutes) minutes"
        case hours == 1: return "About an hour"
        case hours < 48: return "\(hours) hours"
        case hours < 24 * 7 * 2: return "\(hours / 24) days"
        case hours < 24 * 30 * 2: return "\(hours / 24 / 7) weeks"
        case hours < 24 * 365 * 2: return "\(hours / 24 / 30) months"
        default: return "\(Int64(Double(seconds) / 3600) / 24 / 365) years"
        }
    }

    /// Cuts to `limit` columns, ending in `…` where something was cut.
    package static func ellipsis(_ text: String, _ limit: Int) -> String {
        guard text.count > limit, limit > 0 else { return text }
        return limit == 1 ? String(text.prefix(1)) : text.prefix(limit - 1) + "…"
    }

    /// The twelve digits that identify an image or a container.
    package static func shortID(_ id: String) -> String {
        let hex = id.firstIndex(of: ":").map { id[id.index(after: $0)...] } ?? id[...]
        return String(hex.prefix(12))
    }
}
