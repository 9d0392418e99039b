package enum APIVersion {
    package static func isOlder(_ version: String, than other: String) -> Bool {
        parts(version).lexicographicallyPrecedes(parts(other))
    }

    package static func older(_ version: String, _ other: String) -> String {
        isOlder(version, than: other) ? version : other
    }

    private static func parts(_ version: String) -> [Int] {
        version.split(separator: ".").map { Int($0) ?? 0 }
    }
}
