import Glibc
import LinuxSystem

/// How mounts made later travel between the host and a bind mount, see mount_namespaces(7).
enum BindPropagation {
    private static let known: Set = ["private", "rprivate", "shared", "rshared", "slave", "rslave"]

    /// The propagation for a bind mount, once its source allows it; the root's is raised to what it needs.
    static func resolve(
        _ wanted: String, source: String, dataRoot: String?, rootPropagation: inout String?
    ) throws(SpecError) -> String {
        var propagation = wanted.isEmpty ? "rprivate" : wanted
        guard known.contains(propagation) else { throw .invalid("invalid propagation: \(wanted)") }
        // A bind of a directory that holds the engine's own data would keep other containers' mounts busy.
        if wanted.isEmpty, let dataRoot, holds(source, dataRoot) {
            guard try sourceMount(of: source).isSharedOrSlave else { return propagation }
            propagation = "rslave"
        }
        switch propagation {
        case "shared", "rshared":
            let mount = try sourceMount(of: source)
            guard mount.isShared else {
                throw .propagation(source: source, mountPoint: mount.mountPoint, needed: "shared")
            }
            rootPropagation = "shared"
        case "slave", "rslave":
            let mount = try sourceMount(of: source)
            guard mount.isSharedOrSlave else {
                throw .propagation(source: source, mountPoint: mount.mountPoint, needed: "shared or slave")
            }
            if rootPropagation == nil { rootPropagation = "rslave" }
        default: break
        }
        return propagation
    }

    private static func holds(_ source: String, _ dataRoot: String) -> Bool {
        let source = ContainerPath.clean(source)
        return source == "/" || dataRoot == source || dataRoot.hasPrefix(source + "/")
    }

    private struct SourceMount {
        var mountPoint: String
        var isShared: Bool
        var isSharedOrSlave: Bool
    }

    private static func sourceMount(of source: String) throws(SpecError) -> SourceMount {
        guard let resolved = realpath(source, nil) else {
            throw .system(SystemError(operation: "resolve bind source", path: source, errno: errno))
        }
        defer { free(resolved) }
        let path = String(cString: resolved)
        let bytes: [UInt8]
        do {
            bytes = try Descriptor.open("/proc/self/mountinfo", O_RDONLY).readToEnd()
        } catch {
            throw .system(error)
        }
        // The last of the longest mount points is the one on top.
        var best = SourceMount(mountPoint: "/", isShared: false, isSharedOrSlave: false)
        var bestLength = 0
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            let fields = line.split(separator: UInt8(ascii: " "))
            guard fields.count > 6 else { continue }
            let point = unescape(fields[4])
            guard point == "/" || path == point || path.hasPrefix(point + "/"), point.utf8.count >= bestLength
            else { continue }
            let tags = fields[6...].prefix { !$0.elementsEqual("-".utf8) }
            let shared = tags.contains { $0.starts(with: "shared:".utf8) }
            best = SourceMount(
                mountPoint: point, isShared: shared,
                isSharedOrSlave: shared || tags.contains { $0.starts(with: "master:".utf8) })
            bestLength = point.utf8.count
        }
        return best
    }

    /// mountinfo writes blanks, tabs, line feeds and backslashes as `\` and three octal digits.
    private static func unescape(_ field: ArraySlice<UInt8>) -> String {
        var bytes: [UInt8] = []
        var rest = field
        while let byte = rest.popFirst() {
            let digits = rest.prefix(3)
            if byte == UInt8(ascii: "\\"), digits.count == 3,
                let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 8)
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
