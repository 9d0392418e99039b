import Glibc
internal import LinuxSystem
internal import OCISpec

/// Writes the id mappings of a new user namespace, see user_namespaces(7).
enum IDMapWriter {
    static func write(_ linux: Linux, of pid: Int32) throws(RuntimeError) {
        let isOrdinaryUser = RootlessMode.isOrdinaryUser
        if isOrdinaryUser, isOwnGroupAlone(linux.gidMappings) {
            // Without this the kernel lets nobody map a group: dropping groups could give rights that they deny.
            try doing("map the user namespace's ids") { try File.write("deny", to: "/proc/\(pid)/setgroups") }
        }
        try write(linux.uidMappings, "uid", of: pid, hasTool: isOrdinaryUser)
        try write(linux.gidMappings, "gid", of: pid, hasTool: isOrdinaryUser)
    }

    private static func isOwnGroupAlone(_ mappings: [IDMapping]) -> Bool {
        mappings.count == 1 && mappings[0].containerID == 0 && mappings[0].hostID == getegid() && mappings[0].size == 1
    }

    private static func write(
        _ mappings: [IDMapping], _ kind: String, of pid: Int32, hasTool: Bool
    ) throws(RuntimeError) {
        let path = "/proc/\(pid)/\(kind)_map"
        do throws(SystemError) { try File.write(IDMapNamespace.text(of: mappings), to: path) } catch {
            guard error.errno == EPERM, hasTool else {
                throw .container("failed to update \(path): \(SystemError.text(of: error.errno))")
            }
            try runTool(mappings, kind, of: pid)
        }
    }

    /// The set-user-id programs of the host that map the ids which its administrator gave to this user, see
    /// newuidmap(1). They are found in this process's `PATH`, outside of the container.
    private static func runTool(_ mappings: [IDMapping], _ kind: String, of pid: Int32) throws(RuntimeError) {
        var arguments = ["new\(kind)map", "\(pid)"]
        for mapping in mappings {
            arguments += ["\(mapping.containerID)", "\(mapping.hostID)", "\(mapping.size)"]
        }
        let search = getenv("PATH").map { ["PATH=\(String(cString: $0))"] } ?? []
        let tool: Program
        do throws(RuntimeError) { tool = try Program(arguments, environment: search) } catch {
            throw .container("failed to update /proc/\(pid)/\(kind)_map: mapping tool not present (\(error))")
        }
        do throws(RuntimeError) { _ = try ProgramOutput.of(tool) } catch {
            let words = "\(error)".split(separator: "\n").joined(separator: "; ")
            throw .container("failed to use new\(kind) map on \(pid): \(words)")
        }
    }
}
