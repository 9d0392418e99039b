package import LinuxSystem

/// The cgroups a process is in, from `/proc/<pid>/cgroup`.
package struct CgroupMembership: Equatable, Sendable {
    package struct Group: Equatable, Sendable {
        package var controllers: [String]
        package var path: String
    }

    /// Version 1, by hierarchy.
    package var groups: [Group] = []
    /// Version 2.
    package var unified: String?

    package init(parsing text: String) {
        for line in text.utf8.split(separator: UInt8(ascii: "\n")) {
            let fields = line.split(separator: UInt8(ascii: ":"), maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { continue }
            let path = String(Substring(fields[2]))
            if fields[0].elementsEqual("0".utf8), fields[1].isEmpty {
                unified = path
            } else {
                let controllers = fields[1].split(separator: UInt8(ascii: ","))
                groups.append(Group(controllers: controllers.map { String(Substring($0)) }, path: path))
            }
        }
    }

    package init(pid: Int32) throws(SystemError) {
        self.init(parsing: try File.readText("/proc/\(pid)/cgroup"))
    }
}
