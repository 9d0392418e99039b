import Glibc
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
        for line in Self.cgroupLines(mountinfo) {
            guard let hierarchy = Self.hierarchy(mountinfo[line], own) else { continue }
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

    /// The lines that have ` - cgroup` in them. Most of a host's mounts are others, and there may be thousands.
    private static func cgroupLines(_ mountinfo: [UInt8]) -> [Range<Int>] {
        let pattern: StaticString = " - cgroup"
        let length = pattern.utf8CodeUnitCount
        let wanted = UnsafeBufferPointer(start: pattern.utf8Start, count: length)
        var lines: [Range<Int>] = []
        mountinfo.withUnsafeBytes { bytes in
            var place = 0
            while let end = find("\n", in: bytes, from: place) ?? (place < bytes.count ? bytes.count : nil) {
                var dash = place
                while let next = find("-", in: bytes, from: dash), next < end {
                    dash = next + 1
                    guard next > place, next - 1 + length <= end,
                        bytes[(next - 1)..<(next - 1 + length)].elementsEqual(wanted)
                    else { continue }
                    lines.append(place..<end)
                    break
                }
                place = end + 1
            }
        }
        return lines
    }

    private static func find(_ byte: Unicode.Scalar, in bytes: UnsafeRawBufferPointer, from place: Int) -> Int? {
        guard place < bytes.count, let start = bytes.baseAddress,
            let found = memchr(start + place, Int32(byte.value), bytes.count - place)
        else { return nil }
        return UnsafeRawPointer(found) - start
    }

    private static func hierarchy(_ line: ArraySlice<UInt8>, _ own: CgroupMembership) -> CgroupHierarchy? {
        let fields = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard let dash = fields.firstIndex(where: { $0.elementsEqual("-".utf8) }), dash >= 6, fields.count > dash + 3
        else { return nil }
        let root = unescaped(fields[3])
        let mountPoint = unescaped(fields[4])
        if fields[dash + 1].elementsEqual("cgroup2".utf8) {
            return CgroupHierarchy(
                version: .two, controllers: [], mountPoint: mountPoint, root: root, ownPath: own.unified ?? "/")
        }
        guard fields[dash + 1].elementsEqual("cgroup".utf8) else { return nil }
        let options = fields[dash + 3].split(separator: UInt8(ascii: ","))
        let group = own.groups.first { group in
            group.controllers.allSatisfy { name in options.contains { $0.elementsEqual(name.utf8) } }
        }
        guard let group else { return nil }
        return CgroupHierarchy(
            version: .one, controllers: group.controllers, mountPoint: mountPoint, root: root, ownPath: group.path)
    }

    /// mountinfo writes blanks and backslashes as three octal digits.
    private static func unescaped(_ field: ArraySlice<UInt8>) -> String {
        guard field.contains(UInt8(ascii: "\\")) else { return String(decoding: field, as: UTF8.self) }
        var bytes: [UInt8] = []
        var rest = field
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
