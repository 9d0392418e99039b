/// A `--ulimit` value: `nofile=1024:2048`.
package enum UlimitSpecification {
    private static let names: Set<String> = [
        "core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile", "nproc", "rss", "rtprio",
        "rttime", "sigpending", "stack",
    ]

    @Sendable
    package static func check(_ text: String) throws(FlagValueError) -> String {
        try parse(text).encoded
    }

    /// The limit as the engine's API takes it.
    package static func parse(_ text: String) throws(FlagValueError) -> JSONValue {
        guard let (name, limits) = text.cut(at: "=") else { throw FlagValueError("invalid ulimit argument: \(text)") }
        guard names.contains(name) else { throw FlagValueError("invalid ulimit type: \(name)") }
        let parts = limits.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count <= 2 else {
            throw FlagValueError("too many limit value arguments - \(limits), can only have up to two, `soft[:hard]`")
        }
        let soft = try GoNumber.integer(String(parts[0]))
        let hard = parts.count == 2 ? try GoNumber.integer(String(parts[1])) : soft
        guard hard == -1 || (soft != -1 && soft <= hard) else {
            throw FlagValueError("ulimit soft limit must be less than or equal to hard limit: \(soft) > \(hard)")
        }
        return ["Name": .string(name), "Soft": JSONValue(soft), "Hard": JSONValue(hard)]
    }
}
