import CLinux
import Glibc
internal import LinuxSystem

extension RootFileSystem {
    /// Makes a path read-only by a mount over itself; a missing one needs no protection.
    func makeReadOnly(_ path: String) throws {
        do {
            guard let target = try root.resolveIfPresent(path) else { return }
            let tree = try MountTree(cloning: target, recursive: true)
            try tree.setAttributes(set: UInt64(LINUX_MOUNT_ATTR_RDONLY), clear: 0, recursive: true)
            try tree.attach(to: target)
        } catch {
            throw RuntimeError.container("can't make \"\(path)\" read-only: \(error)")
        }
    }

    /// Hides files behind the null device and directories behind an empty read-only tmpfs, one for all of them.
    func mask(_ paths: [String]) throws {
        var empty = EmptyDirectory()
        for path in paths {
            do {
                guard let target = try root.resolveIfPresent(path) else { continue }
                if try target.status().st_mode & S_IFMT == S_IFDIR {
                    try empty.cover(target)
                } else {
                    let tree = try MountTree(cloning: try verifiedNull(), recursive: false)
                    try tree.setAttributes(set: UInt64(LINUX_MOUNT_ATTR_RDONLY), clear: 0, recursive: false)
                    try tree.attach(to: target)
                }
            } catch {
                throw RuntimeError.container("can't mask path \"\(path)\": \(error)")
            }
        }
    }
}

/// An empty read-only directory, made at the first need and mounted again from then on.
private struct EmptyDirectory: ~Copyable {
    private var source: Int32 = -1

    deinit { if source >= 0 { close(source) } }

    mutating func cover(_ target: borrowing Descriptor) throws {
        if source >= 0 {
            try MountTree(cloning: source, recursive: false).attach(to: target)
            return
        }
        let tree = try MountTree(
            fileSystem: "tmpfs", source: "tmpfs", parameters: ["nr_blocks=1", "nr_inodes=1"],
            attributes: UInt64(LINUX_MOUNT_ATTR_RDONLY), readOnly: true)
        try tree.attach(to: target)
        source = try tree.descriptor.duplicate().release()
    }
}
