import CLinux
import Glibc
internal import Cgroups
internal import LinuxSystem
internal import OCISpec

/// The mounts of a container that show files of the host: CRIU saves only their names, and mounts the host's files
/// again.
struct ExternalMounts {
    struct Entry: Equatable {
        /// In the container.
        let destination: String
        /// On the host.
        let source: String
    }

    /// What is mounted from the host, but for masked files.
    private(set) var entries: [Entry] = []
    /// Files that are hidden behind the null device, and directories that are hidden otherwise.
    private let masked: [String]

    init(_ container: ContainerSpec, cgroup: ContainerCgroup) {
        masked = container.linux.maskedPaths
        for mount in container.mounts {
            switch mount.kind {
            case .bind: entries.append(Entry(destination: mount.destination, source: mount.source))
            // In a cgroup namespace it is a file system of its own.
            case .cgroup where !container.namespaces.has(.cgroup):
                entries += Self.cgroups(at: mount.destination, cgroup)
            case .cgroup, .fileSystem: break
            }
        }
        // In a user namespace the host's nodes are bound. `/dev/null` also stands over masked files.
        for path in RootFileSystem.defaultDevicePaths + container.linux.devices.map(\.path) {
            entries.append(Entry(destination: path, source: path))
        }
    }

    private static func cgroups(at destination: String, _ cgroup: ContainerCgroup) -> [Entry] {
        if cgroup.locations.allSatisfy({ $0.version == .two }) {
            return cgroup.unified.map { [Entry(destination: destination, source: $0.path)] } ?? []
        }
        return cgroup.locations.filter { $0.version == .one }.map { location in
            Entry(destination: "\(destination)/\(location.directoryName)", source: location.path)
        }
    }

    /// For a dump: the mount point in the container, and a name for it.
    ///
    /// - Parameter pid: The first process, through whose root links are resolved.
    func dumped(pid: Int32) throws(RuntimeError) -> [String] {
        let root: RootDirectory
        do throws(SystemError) {
            root = RootDirectory(
                descriptor: try Descriptor.open("/proc/\(pid)/root", Int32(LINUX_O_PATH | LINUX_O_DIRECTORY)))
        } catch { throw .system(doing: "open the container's root", error) }
        var result: [String] = []
        for entry in entries {
            let path = Self.resolved(entry.destination, in: root)
            result.append("mnt[\(path)]:\(path)")
        }
        for path in masked {
            guard let target = try? root.resolveIfPresent(path), let status = try? target.status(),
                status.st_mode & S_IFMT != S_IFDIR
            else { continue }
            result.append("mnt[\(Self.resolved(path, in: root))]:/dev/null")
        }
        return result
    }

    /// For a restore: the name, and what to mount.
    ///
    /// - Parameters:
    ///   - rootfs: The root file system, whose links are resolved as they were for the dump.
    ///   - sources: By the destination, what to mount instead of the configuration's source.
    func restored(of rootfs: String, sources: [String: String]) -> [String] {
        var result: [String] = []
        for entry in entries {
            let source = sources[entry.destination] ?? entry.source
            let plain = Self.cleaned(entry.destination)
            result.append("mnt[\(plain)]:\(source)")
            guard let path = Self.resolved(entry.destination, below: rootfs), path != plain else { continue }
            result.append("mnt[\(path)]:\(source)")
        }
        return result
    }

    private static func resolved(_ path: String, below rootfs: String) -> String? {
        guard let top = try? Descriptor.open(rootfs, Int32(LINUX_O_PATH | LINUX_O_DIRECTORY)) else { return nil }
        let path = resolved(path, in: RootDirectory(descriptor: top))
        guard path.hasPrefix("\(rootfs)/") else { return nil }
        return String(path.dropFirst(rootfs.count))
    }

    /// The kernel's path of what a container's path stands for.
    private static func resolved(_ path: String, in root: borrowing RootDirectory) -> String {
        guard let target = try? root.resolve(path), let link = try? File.linkTarget(target.procPath),
            link.hasPrefix("/")
        else { return cleaned(path) }
        return link
    }

    static func cleaned(_ path: String) -> String {
        var parts: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return "/" + parts.joined(separator: "/")
    }
}
