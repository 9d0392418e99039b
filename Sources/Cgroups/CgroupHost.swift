package import LinuxSystem

/// The host's cgroup hierarchies as this process sees them: version 1, version 2 or both side by side.
package struct CgroupHost: Equatable, Sendable {
    package var hierarchies: [CgroupHierarchy]

    package init(hierarchies: [CgroupHierarchy]) { self.hierarchies = hierarchies }

    /// Reads `/proc/self/mountinfo` and `/proc/self/cgroup` once.
    package static func current() throws(SystemError) -> CgroupHost {
        let mounts = try File.read("/proc/self/mountinfo")
        let membership = try File.readText("/proc/self/cgroup")
        return CgroupHost(mountinfo: mounts, membership: membership)
    }

    /// See proc(5) on mountinfo and cgroups(7) on `/proc/pid/cgroup`.
    package init(mountinfo: [UInt8], membership: String) {
        let own = CgroupMembership(parsing: membership)
        hierarchies = []
        for line in mountinfo.split(separator: UInt8(ascii: "\n")) where Self.mentionsCgroup(line) {
            guard let hierarchy = Self.hierarchy(String(decoding: line, as: UTF8.self), own) else { continue }
            // A second mount of a hierarchy (a bind into a chroot) says nothing new.
            if hierarchies.contains(where: {
                $0.version == hierarchy.version && $0.controllers == hierarchy.controllers
                    && ($0.isAtUsualPlace || !hierarchy.isAtUsualPlace)
            }) {
                continue
            }
            hierarchies.append(hierarchy)
        }
        // What is mounted elsewhere is somebody's own, unless there is nothing else.
        let usual = hierarchies.filter(\.isAtUsualPlace)
        if !usual.isEmpty, usual.count < hierarchies.count { hierarchies = usual }
    }

    /// The version 2 hierarchy, where there is one.
    package var unified: CgroupHierarchy? { hierarchies.first { $0.version == .two } }

    /// Whether version 2 is all there is.
    package var isUnified: Bool { hierarchies.allSatisfy { $0.version == .two } }

    /// A quick test, since most of a host's mounts are others: ` - cgroup` stands in the line.
    private static func mentionsCgroup(_ line: ArraySlice<UInt8>) -> Bool {
        let pattern: StaticString = " - cgroup"
        let wanted = UnsafeBufferPointer(start: pattern.utf8Start, count: pattern.utf8CodeUnitCount)
        guard line.count > wanted.count else { return false }
        var start = line.startIndex
        while start <= line.endIndex - wanted.count {
            if line[start] == wanted[0], line[start..<(start + wanted.count)].elementsEqual(wanted) { return true }
            start += 1
        }
        return false
    }

    private static func hierarchy(_ line: String, _ own: CgroupMembership) -> CgroupHierarchy? {
        let fields = line.split(separator: " ", omittingEmptySubsequences: false)
        guard let dash = fields.firstIndex(of: "-"), dash >= 6, fields.count > dash + 3 else { return nil }
        let root = unescaped(fields[3])
        let mountPoint = unescaped(fields[4])
        switch fields[dash + 1] {
        case "cgroup2":
            return CgroupHierarchy(
                version: .two, controllers: [], mountPoint: mountPoint, root: root, ownPath: own.unified ?? "/")
        case "cgroup":
            let options = Set(fields[dash + 3].split(separator: ","))
            guard
                let group = own.groups.first(where: { group in
                    group.controllers.allSatisfy { options.contains($0[...]) }
                })
            else { return nil }
            return CgroupHierarchy(
                version: .one, controllers: group.controllers, mountPoint: mountPoint, root: root, ownPath: group.path)
        default:
            return nil
        }
    }

    /// mountinfo writes blanks and backslashes as three octal digits.
    private static func unescaped(_ field: Substring) -> String {
        guard field.contains("\\") else { return String(field) }
        var bytes: [UInt8] = []
        var rest = Array(field.utf8)[...]
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
