import CLinux
import Glibc
package import ImageStore
package import LinuxSystem
internal import Networking

/// A container's root as a directory descriptor, before the container runs: a read-only overlay of its layers that is
/// attached nowhere, so that it is gone when the descriptor is closed.
package struct RootView: ~Copyable {
    package let descriptor: Descriptor

    package init(_ mount: SnapshotMount) throws(SystemError) {
        let layers = [mount.upperDirectory] + mount.lowerDirectories
        do throws(SystemError) {
            descriptor = try RootView.overlay(layers)
        } catch  where error.errno == EINVAL {
            descriptor = try RootView.overlay(layers, mountedOver: mount.workDirectory)
        }
    }

    private static func overlay(_ layers: [String]) throws(SystemError) -> Descriptor {
        let context = Descriptor(owning: try systemCall("fsopen", "overlay") { linux_fsopen("overlay", 0x1) })
        for layer in layers { try set(context.rawValue, "lowerdir+", layer) }
        try systemCall("fsconfig", layers[0]) { linux_fsconfig(context.rawValue, create, nil, nil, 0) }
        return Descriptor(
            owning: try systemCall("fsmount", "overlay") { linux_fsmount(context.rawValue, 0x1, attributes) })
    }

    /// Linux before 6.5 takes all layers in one text, and more than 255 bytes of it by mount(2) alone. That wants a
    /// mount point: a mount namespace for a moment has one that nobody else sees.
    private static func overlay(_ layers: [String], mountedOver place: String) throws(SystemError) -> Descriptor {
        let options = "lowerdir=" + layers.joined(separator: ":")
        let flags = UInt(MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC)
        let tree = try OneShotThread.run { () throws(SystemError) in
            try systemCall("unshare") { linux_unshare(Int32(LINUX_CLONE_NEWNS)) }
            try systemCall("make private", "/") { linux_mount(nil, "/", nil, UInt(MS_REC | MS_PRIVATE), nil) }
            try systemCall("mount overlay", place) { linux_mount("overlay", place, "overlay", flags, options) }
            return try systemCall("open_tree", place) {
                linux_open_tree(AT_FDCWD, place, UInt32(LINUX_OPEN_TREE_CLONE | LINUX_OPEN_TREE_CLOEXEC))
            }
        }
        return Descriptor(owning: tree)
    }

    private static func set(_ context: Int32, _ key: String, _ value: String) throws(SystemError) {
        try systemCall("fsconfig", value) { linux_fsconfig(context, RootView.setString, key, value, 0) }
    }

    private static let setString: UInt32 = 1
    private static let create: UInt32 = 6
    /// MOUNT_ATTR_RDONLY | NOSUID | NODEV | NOEXEC: nothing is changed or run through this view.
    private static let attributes: UInt32 = 0x1 | 0x2 | 0x4 | 0x8
}
