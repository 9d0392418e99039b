internal import Cgroups
internal import Glibc
internal import LinuxSystem

/// The cgroup that the options want the shim itself to be in; it has to exist.
enum ShimCgroup {
    /// Moves this process, and with it the shim that it makes, into the cgroup in each hierarchy that has it.
    static func join(_ path: String) throws {
        guard !path.split(separator: "/").contains("..") else { throw ShimError.invalid("bad shim cgroup \(path)") }
        var isFound = false
        for hierarchy in try CgroupHost.current().hierarchies {
            let directory = hierarchy.directory(of: path.hasPrefix("/") ? path : "/\(path)")
            guard File.exists("\(directory)/cgroup.procs") else { continue }
            try File.write(String(getpid()), to: "\(directory)/cgroup.procs")
            isFound = true
        }
        guard isFound else { throw ShimError.notFound("failed to load cgroup \(path): cgroup does not exist") }
    }
}
