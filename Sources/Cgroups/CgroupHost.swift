import Glibc
package import LinuxSystem

/// The host's cgroup hierarchies as this process sees them: version 1, version 2 or both side by side.
package struct CgroupHost: Equatable, Sendable {
    package var hierarchies: [CgroupHierarchy]

    package init(hierarchies: [CgroupHierarchy]) { self.hierarchies = hierarchies }

    /// Reads `/proc/self/cgroup`, and `/proc/self/mountinfo` where the hierarchies are not where they usually are.
    package static func current() throws(SystemError) -> CgroupHost {
        let membership = try File.readText("/proc/self/cgroup")
        if let host = CgroupHost(atUsualPlacesOf: CgroupMembership(parsing: membership)) { return host }
        return CgroupHost(mountinfo: try File.read("/proc/self/mountinfo"), membership: membership)
    }

    /// The hierarchies at `/sys/fs/cgroup/<controllers>` and `/sys/fs/cgroup/unified`, or version 2 alone at
    /// `/sys/fs/cgroup`. The host's mounts need not be read for that: the more containers, the more of them there are.
    ///
    /// `nil` where a hierarchy of version 1 is elsewhere, or only a part of it is to be seen. Version 2 beside version 1 is
    /// looked for at its usual place alone: that it is mounted nowhere is the rule on hosts of version 1.
    package init?(atUsualPlacesOf own: CgroupMembership) {
        hierarchies = []
        for group in own.groups {
            var place = CgroupHierarchy(
                version: .one, controllers: group.controllers, mountPoint: "", root: "/", ownPath: group.path)
            place.mountPoint = "\(Self.usualPlace)/\(place.directoryName)"
            guard place.isWholeAtMountPoint else { return nil }
            hierarchies.append(place)
        }
        guard let path = own.unified else { return }
        let place = CgroupHierarchy(
            version: .two, controllers: [],
            mountPoint: own.groups.isEmpty ? Self.usualPlace : "\(Self.usualPlace)/unified", root: "/", ownPath: path)
        if place.isWholeAtMountPoint {
            hierarchies.append(place)
        } else if own.groups.isEmpty {
            return nil
        }
    }

    static let usualPlace = "/sys/fs/cgroup"

    /// See proc(5) on mountinfo and cgroups(7) on `/proc/pid/cgroup`.
    package init(mountinfo: [UInt8], membership: String) {
        let own = CgroupMembership(parsing: membership)
        hierarchies = []
        mountinfo.withUnsafeBufferPointer { bytes in
            var rest = ByteText(bytes)
            // Most of a host's mounts are others, and there may be thousands.
            while let line = rest.cutLine(containing: " - cgroup") {
                if let hierarchy = Self.hierarchy(line, own) { add(hierarchy) }
            }
        }
        // What is mounted elsewhere is somebody's own, unless there is nothing else.
        let usual = hierarchies.filter(\.isAtUsualPlace)
        if !usual.isEmpty, usual.count < hierarchies.count { hierarchies = usual }
    }

    private mutating func add(_ hierarchy: CgroupHierarchy) {
        // A second mount of a hierarchy (a bind into a chroot) says nothing new.
        let isKnown = hierarchies.contains {
            $0.version == hierarchy.version && $0.controllers == hierarchy.controllers
                && ($0.isAtUsualPlace || !hierarchy.isAtUsualPlace)
        }
        if !isKnown { hierarchies.append(hierarchy) }
    }

    /// The version 2 hierarchy, where there is one.
    package var unified: CgroupHierarchy? { hierarchies.first { $0.version == .two } }

    /// Whether version 2 is all there is.
    package var isUnified: Bool { hierarchies.allSatisfy { $0.version == .two } }

    private static func hierarchy(_ line: ByteText, _ own: CgroupMembership) -> CgroupHierarchy? {
        var rest = line
        for _ in 0..<3 { _ = rest.cut(at: " ") }
        guard let rootField = rest.cut(at: " "), let pointField = rest.cut(at: " ") else { return nil }
        repeat {
            guard let field = rest.cut(at: " ") else { return nil }
            if field == "-" { break }
        } while true
        guard let type = rest.cut(at: " "), rest.cut(at: " ") != nil else { return nil }
        let root = unescaped(rootField)
        let mountPoint = unescaped(pointField)
        if type == "cgroup2" {
            return CgroupHierarchy(
                version: .two, controllers: [], mountPoint: mountPoint, root: root, ownPath: own.unified ?? "/")
        }
        guard type == "cgroup", let group = own.groups.first(where: { isNamed($0.controllers, in: rest) }) else {
            return nil
        }
        return CgroupHierarchy(
            version: .one, controllers: group.controllers, mountPoint: mountPoint, root: root, ownPath: group.path)
    }

    private static func isNamed(_ controllers: [String], in options: ByteText) -> Bool {
        for controller in controllers {
            var rest = options
            repeat {
                guard let option = rest.next(before: ",") else { return false }
                if option == controller { break }
            } while true
        }
        return true
    }

    /// mountinfo writes blanks and backslashes as three octal digits.
    private static func unescaped(_ field: ByteText) -> String {
        var head = field
        guard head.cut(at: "\\") != nil else { return field.string }
        var bytes: [UInt8] = []
        var rest = ArraySlice(field.bytes)
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\\"), rest.count >= 3,
                let value = UInt8(String(decoding: rest.prefix(3), as: UTF8.self), radix: 8)
            {
                bytes.append(value)
                rest = rest.dropFirst(3)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
