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
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { continue }
            if fields[0] == "0", fields[1].isEmpty {
                unified = String(fields[2])
            } else {
                groups.append(
                    Group(controllers: fields[1].split(separator: ",").map(String.init), path: String(fields[2])))
            }
        }
    }

    package init(pid: Int32) throws(SystemError) {
        self.init(parsing: try File.readText("/proc/\(pid)/cgroup"))
    }
}
