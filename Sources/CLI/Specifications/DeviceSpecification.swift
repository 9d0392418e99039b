/// A `--device` value: `/dev/host[:/dev/container][:rwm]`.
package enum DeviceSpecification {
    /// The device as the engine's API takes it.
    package static func parse(_ text: String) throws(CommandFailure) -> JSONValue {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { String($0) }
        guard parts.count <= 3, let source = parts.first, !source.isEmpty else {
            throw CommandFailure("bad format for path: \(text)")
        }
        var target = source
        var permissions = "rwm"
        if parts.count == 2, isPermissions(parts[1]) {
            permissions = parts[1]
        } else if parts.count >= 2 {
            target = parts[1]
        }
        if parts.count == 3 {
            permissions = parts[2]
            guard isPermissions(permissions) else { throw CommandFailure("bad mode specified: \(permissions)") }
        }
        for path in [source, target] where !path.hasPrefix("/") {
            throw CommandFailure("\(path) is not an absolute path")
        }
        return [
            "PathOnHost": .string(source), "PathInContainer": .string(target),
            "CgroupPermissions": .string(permissions),
        ]
    }

    private static func isPermissions(_ text: String) -> Bool {
        !text.isEmpty && text.allSatisfy { "rwm".contains($0) } && Set(text).count == text.count
    }

    /// `/dev/sda:1mb`, a rate of bytes.
    @Sendable
    package static func checkByteRate(_ text: String) throws(FlagValueError) -> String {
        let form = "<device-path>:<number>[<unit>]"
        let (path, rate) = try split(text)
        guard let bytes = ByteSize.parse(rate) else {
            throw FlagValueError(
                "invalid rate for device: \(text). The correct format is \(form). Number must be a positive integer. Unit is optional and can be kb, mb, or gb"
            )
        }
        return "\(path):\(bytes)"
    }

    /// `/dev/sda:100`, a rate of operations or a weight.
    @Sendable
    package static func checkCount(_ text: String) throws(FlagValueError) -> String {
        let (path, rate) = try split(text)
        guard let count = UInt64(rate) else {
            throw FlagValueError(
                "invalid rate for device: \(text). The correct format is <device-path>:<number>. Number must be a positive integer"
            )
        }
        return "\(path):\(count)"
    }

    private static func split(_ text: String) throws(FlagValueError) -> (String, String) {
        guard let (path, rate) = text.cut(at: ":"), !path.isEmpty else { throw FlagValueError("bad format: \(text)") }
        guard path.hasPrefix("/dev/") else { throw FlagValueError("bad format for device path: \(text)") }
        return (path, rate)
    }
}
