package import OCISpec

/// One device access rule, checked.
package struct DeviceRule: Equatable, Sendable {
    package enum Kind: String, Sendable {
        case all = "a"
        case character = "c"
        case block = "b"
    }

    package var allow: Bool
    package var kind: Kind
    /// `nil` is every number.
    package var major: UInt32?
    package var minor: UInt32?
    /// Some of `rwm`.
    package var access: String

    package init(allow: Bool, kind: Kind, major: UInt32? = nil, minor: UInt32? = nil, access: String) {
        self.allow = allow
        self.kind = kind
        self.major = major
        self.minor = minor
        self.access = access
    }

    package init(_ rule: DeviceCgroup, field: String) throws(CgroupError) {
        allow = rule.allow
        let type = rule.type ?? "a"
        guard let kind = Kind(rawValue: type.isEmpty ? "a" : type) else {
            throw .invalid(field: "\(field).type", problem: "\"\(type)\" is not a, b or c")
        }
        self.kind = kind
        major = try Self.number(rule.major, "\(field).major")
        minor = try Self.number(rule.minor, "\(field).minor")
        let access = rule.access ?? ""
        guard access.utf8.allSatisfy({ "rwm".utf8.contains($0) }) else {
            throw .invalid(field: "\(field).access", problem: "\"\(access)\" has letters other than r, w and m")
        }
        self.access = access.isEmpty ? "rwm" : access
        if kind == .all, major != nil || minor != nil {
            throw .invalid(field: field, problem: "a rule for all types cannot have device numbers")
        }
    }

    private static func number(_ value: Int64?, _ field: String) throws(CgroupError) -> UInt32? {
        guard let value, value != -1 else { return nil }
        guard let number = UInt32(exactly: value) else {
            throw .invalid(field: field, problem: "\(value) is no device number")
        }
        return number
    }

    /// Whether the rule speaks of every device.
    package var isTotal: Bool { kind == .all && access.utf8.count == 3 }

    /// The line for version 1's `devices.allow` and `devices.deny`.
    package var line: String {
        if isTotal { return "a" }
        return "\(kind.rawValue) \(major.map { "\($0)" } ?? "*"):\(minor.map { "\($0)" } ?? "*") \(access)"
    }

    /// What every container may use: making any node, and the devices the specification lists as present by default.
    package static let defaults: [DeviceRule] =
        [
            DeviceRule(allow: true, kind: .character, access: "m"),
            DeviceRule(allow: true, kind: .block, access: "m"),
        ]
        + [(1, 3), (1, 8), (1, 7), (5, 0), (1, 5), (1, 9), (5, 2)].map {
            DeviceRule(allow: true, kind: .character, major: $0.0, minor: $0.1, access: "rwm")
        } + [DeviceRule(allow: true, kind: .character, major: 136, access: "rwm")]

    /// The rules in force: nothing is allowed at first, the last rule that matches wins, and what every container may
    /// use comes last. Rules before one that speaks of everything have no effect and are left out.
    package static func effective(_ rules: [DeviceCgroup]) throws(CgroupError) -> [DeviceRule] {
        var result = [DeviceRule(allow: false, kind: .all, access: "rwm")]
        for (index, rule) in rules.enumerated() {
            let rule = try DeviceRule(rule, field: "linux.resources.devices[\(index)]")
            if rule.isTotal { result = [rule] } else { result.append(rule) }
        }
        if result.first?.allow == true, result.count == 1 { return result }
        return result + defaults.filter { !result.contains($0) }
    }
}
