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
        var text = text
        text.withUTF8 { bytes in
            var rest = ByteText(bytes)
            while var line = rest.next(before: "\n") { add(&line) }
        }
    }

    private mutating func add(_ line: inout ByteText) {
        guard let number = line.cut(at: ":"), var names = line.cut(at: ":") else { return }
        let path = line.string
        if number == "0", names.isEmpty {
            unified = path
        } else {
            var controllers: [String] = []
            while let name = names.next(before: ",") { controllers.append(name.string) }
            groups.append(Group(controllers: controllers, path: path))
        }
    }

    package init(pid: Int32) throws(SystemError) {
        self.init(parsing: try File.readText("/proc/\(pid)/cgroup"))
    }
}
