import CLinux
import Glibc
internal import LinuxSystem

/// The root file system of a container without a mount namespace of its own: a mount of the host's, with everything
/// below it, that stays until the container is deleted.
struct HostMount: Codable, Equatable {
    let path: String
    /// The kernel's number of the mount, which tells it from what the bundle's owner has mounted there.
    let number: Int64

    /// Copies the tree of the root file system and mounts it over itself.
    ///
    /// - Parameter record: Takes down what is about to be mounted.
    static func attach(
        _ container: ContainerSpec, record: (HostMount) throws(RuntimeError) -> Void
    ) throws(RuntimeError) {
        let propagation = RootFileSystem.workingPropagation(container)
        let path = container.rootfs
        do throws(SystemError) {
            let place = try Descriptor.open(path, Int32(LINUX_O_PATH | LINUX_O_DIRECTORY))
            let tree = try MountTree(cloning: path, recursive: true)
            do throws(RuntimeError) {
                try record(HostMount(path: path, number: linux_mount_id(tree.descriptor.rawValue)))
            } catch { throw SystemError(operation: "record the mount of the root file system", path: path, errno: EIO) }
            try tree.attach(to: place)
            // Below a shared mount it has become shared, and what is mounted below it would be everybody's.
            try tree.setAttributes(set: 0, clear: 0, propagation: propagation, recursive: true)
        } catch { throw .system(doing: "mount the root file system", error) }
    }

    /// Takes it away with all that is mounted below.
    func remove() throws(SystemError) {
        let top: Descriptor
        do throws(SystemError) { top = try Descriptor.open(path, Int32(LINUX_O_PATH | LINUX_O_DIRECTORY)) } catch {
            guard error.errno == ENOENT else { throw error }
            return
        }
        guard linux_mount_id(top.rawValue) == number else { return }
        try systemCall("unmount", path) { linux_umount2(path, Int32(MNT_DETACH)) }
    }
}
