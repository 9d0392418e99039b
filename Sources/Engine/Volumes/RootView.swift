import CLinux
import Glibc
package import ImageStore
package import LinuxSystem

/// A container's root as a directory descriptor, before the container runs: a read-only overlay of its layers that is
/// attached nowhere, so that it is gone when the descriptor is closed.
package struct RootView: ~Copyable {
    package let descriptor: Descriptor

    package init(_ mount: SnapshotMount) throws(SystemError) {
        let layers = [mount.upperDirectory] + mount.lowerDirectories
        let context = Descriptor(owning: try systemCall("fsopen", "overlay") { linux_fsopen("overlay", 0x1) })
        do {
            for layer in layers { try RootView.set(context.rawValue, "lowerdir+", layer) }
        } catch  where error.errno == EINVAL {
            // Linux before 6.7 takes all layers in one text, of at most 255 bytes.
            try RootView.set(context.rawValue, "lowerdir", layers.joined(separator: ":"))
        }
        try systemCall("fsconfig", mount.upperDirectory) {
            linux_fsconfig(context.rawValue, RootView.create, nil, nil, 0)
        }
        descriptor = Descriptor(
            owning: try systemCall("fsmount", "overlay") {
                linux_fsmount(context.rawValue, 0x1, RootView.attributes)
            })
    }

    private static func set(_ context: Int32, _ key: String, _ value: String) throws(SystemError) {
        try systemCall("fsconfig", value) { linux_fsconfig(context, RootView.setString, key, value, 0) }
    }

    private static let setString: UInt32 = 1
    private static let create: UInt32 = 6
    /// MOUNT_ATTR_RDONLY | NOSUID | NODEV | NOEXEC: nothing is changed or run through this view.
    private static let attributes: UInt32 = 0x1 | 0x2 | 0x4 | 0x8
}
