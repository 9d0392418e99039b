import EngineAPI
import OCISpec

extension SpecBuilder {
    /// The nodes to make beyond those that every container has.
    func devices(_ hostConfig: HostConfig) throws(SpecError) -> [OCISpec.Device] {
        if let request = hostConfig.deviceRequests?.first {
            let capabilities = (request.capabilities ?? []).map { "[" + $0.joined(separator: " ") + "]" }
            throw .unsupported(
                "could not select device driver \"\(request.driver)\" with capabilities: "
                    + "[\(capabilities.joined(separator: " "))]")
        }
        var devices: [OCISpec.Device] = []
        if hostConfig.privileged {
            devices += HostDevice.all().map(\.device)
        }
        for mapping in hostConfig.devices ?? [] {
            // All of the host's devices are there already in a privileged container.
            if hostConfig.privileged && mapping.pathOnHost == mapping.pathInContainer { continue }
            devices += try HostDevice.find(mapping).map(\.device)
        }
        return devices
    }

    /// What the devices cgroup allows.
    func deviceRules(_ hostConfig: HostConfig) throws(SpecError) -> [OCISpec.DeviceCgroup] {
        if hostConfig.privileged { return [OCISpec.DeviceCgroup(allow: true, access: "rwm")] }
        var rules = Self.defaultDeviceRules
        for mapping in hostConfig.devices ?? [] {
            rules += try HostDevice.find(mapping).map { $0.rule(access: mapping.cgroupPermissions) }
        }
        for text in hostConfig.deviceCgroupRules ?? [] {
            rules.append(try Self.deviceRule(text))
        }
        return rules
    }

    private static let defaultDeviceRules =
        [OCISpec.DeviceCgroup(allow: false, access: "rwm")]
        // zero, null, urandom, random, tty, console; and fuse is denied by name.
        + [(1, 5), (1, 3), (1, 9), (1, 8), (5, 0), (5, 1)].map { major, minor in
            OCISpec.DeviceCgroup(allow: true, type: "c", major: major, minor: minor, access: "rwm")
        } + [OCISpec.DeviceCgroup(allow: false, type: "c", major: 10, minor: 229, access: "rwm")]

    /// Reads `c 42:* rwm`.
    static func deviceRule(_ text: String) throws(SpecError) -> OCISpec.DeviceCgroup {
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 3, ["a", "b", "c"].contains(words[0]),
            (1...3).contains(words[2].count), words[2].allSatisfy({ "rwm".contains($0) })
        else { throw .unsupported("invalid device cgroup rule format: '\(text)'") }
        let numbers = words[1].split(separator: ":", omittingEmptySubsequences: false)
        guard numbers.count == 2, let major = deviceNumber(numbers[0]), let minor = deviceNumber(numbers[1]) else {
            throw .unsupported("invalid device cgroup rule format: '\(text)'")
        }
        return OCISpec.DeviceCgroup(
            allow: true, type: String(words[0]), major: major, minor: minor, access: String(words[2]))
    }

    /// -1 is any.
    private static func deviceNumber(_ text: Substring) -> Int64? {
        if text == "*" { return -1 }
        guard !text.isEmpty, text.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
        return Int64(text)
    }
}
