import CLinux
import Glibc
internal import LinuxSystem
internal import OCISpec

extension RootFileSystem {
    /// The nodes every container has, see config-linux.md on default devices.
    private static let defaults: [Device] = [
        ("null", 1, 3), ("zero", 1, 5), ("full", 1, 7), ("random", 1, 8), ("urandom", 1, 9), ("tty", 5, 0),
    ].map { Device(type: "c", path: "/dev/\($0.0)", major: $0.1, minor: $0.2, fileMode: 0o666) }

    static var defaultDevicePaths: [String] { defaults.map(\.path) }

    private static let links = [
        ("fd", "/proc/self/fd"), ("stdin", "/proc/self/fd/0"), ("stdout", "/proc/self/fd/1"),
        ("stderr", "/proc/self/fd/2"), ("core", "/proc/kcore"),
    ]

    /// `/dev`: nodes and links. A `/dev` that is a symbolic link is refused, nothing is made elsewhere.
    func makeDevices() throws {
        let before = umask(0)
        defer { umask(before) }
        let directory = try ordinaryDirectory("/dev")
        let listed = container.linux.devices.map(\.path)
        for device in Self.defaults where !listed.contains(device.path) { try make(device, in: directory) }
        for (index, device) in container.linux.devices.enumerated() {
            do { try make(device, in: directory) } catch {
                throw RuntimeError.container("linux.devices[\(index)]: make \(device.path): \(error)")
            }
        }
        for (name, target) in Self.links where name != "core" || File.exists(target) {
            try link(name, to: target, in: directory)
        }
        // The container's own multiplexer, whatever the image has.
        if unlinkat(directory.rawValue, "ptmx", 0) != 0, errno != ENOENT {
            throw SystemError(operation: "unlink", path: "/dev/ptmx", errno: errno)
        }
        try link("ptmx", to: "pts/ptmx", in: directory)
    }

    private func link(_ name: String, to target: String, in directory: borrowing Descriptor) throws(SystemError) {
        let number = directory.rawValue
        do throws(SystemError) {
            try systemCall("symlink", "/dev/\(name)") {
                target.withCString { target in name.withCString { symlinkat(target, number, $0) } }
            }
        } catch  where error.errno == EEXIST { return }
    }

    private func make(_ device: Device, in dev: borrowing Descriptor) throws {
        let parts = device.path.pathParts
        guard let name = parts.last.map({ String($0) }) else { return }
        if parts.count == 2, parts[0] == "dev" {
            try make(device, name: name, in: dev)
        } else {
            let parent = try root.makeDirectory("/" + parts.dropLast().joined(separator: "/"))
            try make(device, name: name, in: parent)
        }
    }

    private func make(_ device: Device, name: String, in parent: borrowing Descriptor) throws {
        let number = parent.rawValue
        let type: mode_t
        switch device.type {
        case "c", "u": type = S_IFCHR
        case "b": type = S_IFBLK
        default: type = S_IFIFO
        }
        let id = linux_makedev(
            UInt32(truncatingIfNeeded: device.major ?? 0), UInt32(truncatingIfNeeded: device.minor ?? 0))
        let mode = type | mode_t(device.fileMode ?? 0o666) & 0o7777
        if name.withCString({ mknodat(number, $0, mode, id) }) != 0 {
            switch errno {
            case EEXIST:
                // The image may have it already; then it must be the very device.
                let present = try Descriptor.open(at: number, name, Int32(LINUX_O_PATH | LINUX_O_NOFOLLOW)).status()
                if present.st_mode & S_IFMT == type, type == S_IFIFO || present.st_rdev == id { return }
                try systemCall("replace", device.path) { unlinkat(number, name, 0) }
                try systemCall("mknod", device.path) { mknodat(number, name, mode, id) }
            case EPERM:
                // A user namespace may not make nodes; the host's is bound instead.
                return try bindDevice(device, name: name, in: parent)
            default: throw SystemError(operation: "mknod", path: device.path, errno: errno)
            }
        }
        if device.uid != nil || device.gid != nil {
            try systemCall("chown", device.path) {
                fchownat(number, name, device.uid ?? 0, device.gid ?? 0, Int32(LINUX_AT_SYMLINK_NOFOLLOW))
            }
        }
    }

    private func bindDevice(_ device: Device, name: String, in parent: borrowing Descriptor) throws {
        let file = try Descriptor.open(
            at: parent.rawValue, name, O_WRONLY | O_CREAT | Int32(LINUX_O_NOFOLLOW), mode: 0o600)
        _ = consume file
        let target = try Descriptor.open(at: parent.rawValue, name, Int32(LINUX_O_PATH | LINUX_O_NOFOLLOW))
        try MountTree(cloning: device.path, recursive: false).attach(to: target)
    }

    /// The container's `/dev/null`, verified to be that device: an image could put anything there (CVE-2025-31133).
    func verifiedNull() throws -> Descriptor {
        let null = try root.resolveExactly("/dev/null")
        let status = try null.status()
        guard status.st_mode & S_IFMT == S_IFCHR, status.st_rdev == linux_makedev(1, 3) else {
            throw RuntimeError.container("/dev/null of the container is not the null device")
        }
        return null
    }
}
