import LinuxSystem

/// Translates device access rules into `DevicePolicy` and `DeviceAllow`.
///
/// systemd knows lists of what is allowed alone. What it cannot say is left out, so that it may allow less than the
/// rules for a moment, never more; the rules themselves are put in force afterwards.
package enum SystemdDevices {
    /// - Parameters:
    ///   - rules: As `DeviceRule.effective` has them.
    ///   - majors: The content of `/proc/devices`.
    package static func properties(
        _ rules: [DeviceRule], majors: String, hasNode: (String) -> Bool = hasNode
    ) -> [SystemdProperty] {
        let allowsAll = rules.first.map { $0.isTotal && $0.allow } == true
        if allowsAll, rules.count == 1 {
            return [SystemdProperty("DevicePolicy", .string("auto")), allowance([])]
        }
        var result = [SystemdProperty("DevicePolicy", .string("strict")), allowance([])]
        guard !allowsAll else { return result }
        var entries: [DBusValue] = []
        for rule in allowed(rules) {
            for path in paths(rule, majors, hasNode) {
                entries.append(.structure([.string(path), .string(rule.access)]))
            }
        }
        result.append(allowance(entries))
        return result
    }

    private static func allowance(_ entries: [DBusValue]) -> SystemdProperty {
        SystemdProperty("DeviceAllow", .array(of: "(ss)", entries))
    }

    /// What is allowed after all rules: a later rule that denies takes from those before it.
    private static func allowed(_ rules: [DeviceRule]) -> [DeviceRule] {
        var result: [DeviceRule] = []
        for rule in rules where rule.allow || !rule.isTotal {
            guard !rule.allow else {
                result.append(rule)
                continue
            }
            for index in result.indices where overlaps(rule, result[index]) {
                result[index].access.removeAll { rule.access.contains($0) }
            }
            result.removeAll { $0.access.isEmpty }
        }
        return result
    }

    private static func overlaps(_ left: DeviceRule, _ right: DeviceRule) -> Bool {
        (left.kind == right.kind || left.kind == .all || right.kind == .all)
            && (left.major == right.major || left.major == nil || right.major == nil)
            && (left.minor == right.minor || left.minor == nil || right.minor == nil)
    }

    private static func paths(_ rule: DeviceRule, _ majors: String, _ hasNode: (String) -> Bool) -> [String] {
        let kinds: [DeviceRule.Kind] = rule.kind == .all ? [.character, .block] : [rule.kind]
        var result: [String] = []
        for kind in kinds {
            let name = kind == .block ? "block" : "char"
            switch (rule.major, rule.minor) {
            case (nil, nil): result.append("\(name)-*")
            // There is no way to say a minor number of every driver.
            case (nil, _): continue
            case (let major?, nil):
                if let group = group(kind, major, majors) { result.append("\(name)-\(group)") }
            case (let major?, let minor?):
                let path = "/dev/\(name)/\(major):\(minor)"
                if hasNode(path) { result.append(path) }
            }
        }
        return result
    }

    /// systemd complains about what is not there. `/dev/char` is udev's, `/sys/dev/char` the kernel's.
    package static func hasNode(_ path: String) -> Bool { File.exists(path) || File.exists("/sys" + path) }

    /// The name of a driver in `/proc/devices`.
    private static func group(_ kind: DeviceRule.Kind, _ major: UInt32, _ majors: String) -> String? {
        var isRightPart = false
        for line in majors.split(separator: "\n") {
            if line.hasSuffix("devices:") {
                isRightPart = line.hasPrefix(kind == .block ? "Block" : "Character")
                continue
            }
            let words = line.split(separator: " ")
            if isRightPart, words.count == 2, UInt32(words[0]) == major { return String(words[1]) }
        }
        return nil
    }
}
