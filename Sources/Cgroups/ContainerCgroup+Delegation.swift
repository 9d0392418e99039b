import Glibc
package import LinuxSystem

extension ContainerCgroup {
    /// Gives the version 2 directory to a user, with the files that the kernel names for it (cgroups(7), delegation).
    package func delegate(to user: UInt32) throws(SystemError) {
        guard let unified else { return }
        try Self.own(unified.path, user)
        let known = try? File.readText("/sys/kernel/cgroup/delegate")
        let files = known ?? "cgroup.procs\ncgroup.subtree_control\ncgroup.threads\n"
        for name in files.split(separator: "\n") {
            do throws(SystemError) { try Self.own("\(unified.path)/\(name)", user) } catch  where error.errno == ENOENT
            {}
        }
    }

    private static func own(_ path: String, _ user: UInt32) throws(SystemError) {
        try systemCall("chown", path) { chown(path, user, gid_t.max) }
    }
}
