/// The unit that systemd keeps a container in: what `cgroupsPath` means to the systemd driver.
package struct SystemdUnit: Codable, Equatable, Sendable {
    /// `<prefix>-<name>.scope`, or a name that ends in `.slice`.
    package var name: String
    /// The slice it is in, as systemd names it.
    package var slice: String
    /// The last part of the path, for the unit's description.
    package var container: String
    /// Whether the user's systemd has it, not the system's.
    package var isUsers: Bool

    package init(name: String, slice: String, container: String, isUsers: Bool) {
        self.name = name
        self.slice = slice
        self.container = container
        self.isUsers = isUsers
    }

    /// - Parameter path: `<slice>:<prefix>:<name>`; an empty one is a scope of the container's id in the default slice.
    package init(cgroupsPath path: String, id: String, isUsers: Bool) throws(CgroupError) {
        var slice = ""
        var prefix = "runc"
        container = id
        if !path.isEmpty {
            let parts = path.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 3 else {
                throw .invalid(
                    field: "linux.cgroupsPath",
                    problem: "expected cgroupsPath to be of format \"slice:prefix:name\" for systemd cgroups, "
                        + "got \"\(path)\" instead")
            }
            slice = String(parts[0])
            prefix = String(parts[1])
            container = String(parts[2])
        }
        self.slice = slice.isEmpty ? (isUsers ? "user.slice" : "system.slice") : slice
        self.isUsers = isUsers
        name = container.hasSuffix(".slice") ? container : "\(prefix)-\(container).scope"
        guard !name.contains("/"), !container.isEmpty else {
            throw .invalid(field: "linux.cgroupsPath", problem: "\"\(name)\" is no name of a unit")
        }
        _ = try Self.path(ofSlice: self.slice)
    }

    var isSlice: Bool { name.hasSuffix(".slice") }

    /// Where systemd has a slice: `/test.slice/test-a.slice` for `test-a.slice`.
    package static func path(ofSlice slice: String) throws(CgroupError) -> String {
        let wrong = CgroupError.invalid(field: "linux.cgroupsPath", problem: "invalid slice name: \(slice)")
        guard slice.hasSuffix(".slice"), !slice.contains("/") else { throw wrong }
        let name = slice.dropLast(6)
        if name == "-" { return "" }
        var path = ""
        var prefix = ""
        for part in name.split(separator: "-", omittingEmptySubsequences: false) {
            guard !part.isEmpty else { throw wrong }
            path += "/\(prefix)\(part).slice"
            prefix += "\(part)-"
        }
        return path
    }

    /// Below which cgroup the unit's is, in the hierarchies of systemd.
    var relativePath: String {
        get throws(CgroupError) { "\(try Self.path(ofSlice: slice))/\(name)" }
    }
}
