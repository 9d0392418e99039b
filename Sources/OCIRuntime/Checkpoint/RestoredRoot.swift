import CLinux
import Glibc
internal import LinuxSystem
internal import OCISpec

/// The root file system as CRIU wants it: a mount point of its own, with all mount points in it.
///
/// It is prepared in a mount namespace that CRIU's process alone has, so that nothing of it is left, whatever happens.
struct RestoredRoot {
    private let container: ContainerSpec
    /// A directory to cover, in that namespace.
    private let place: String
    private let prepared: PreparedTrees

    init(_ container: ContainerSpec, place: String, prepared: PreparedTrees) {
        self.container = container
        self.place = place
        self.prepared = prepared
    }

    var path: String { "\(place)/root" }

    /// What ExternalMounts cannot know: sources with translated ids are mounts that only the namespace has.
    func external(_ mounts: ExternalMounts) -> [String] {
        var sources: [String: String] = [:]
        for index in mapped { sources[container.mounts[index].destination] = source(index) }
        return mounts.restored(of: container.rootfs, sources: sources)
    }

    private var mapped: [Int] { container.mounts.indices.filter { container.mounts[$0].idMap != nil } }

    private func source(_ index: Int) -> String { "\(place)/mount\(index)" }

    /// In CRIU's process, which has its mount namespace by now.
    func prepare() throws {
        // Nothing goes back to the host.
        try systemCall("make the mounts slaves", "/") {
            linux_mount_setattr(AT_FDCWD, "/", UInt32(LINUX_AT_RECURSIVE), 0, 0, UInt64(MS_SLAVE), 0)
        }
        let cover = try MountTree(fileSystem: "tmpfs", source: "tmpfs", parameters: ["mode=755"], attributes: 0)
        try cover.attach(to: try Descriptor.open(place, Int32(LINUX_O_PATH | LINUX_O_DIRECTORY)))
        try File.makeDirectory(path)
        for index in mapped {
            guard let tree = prepared.descriptors[index] else { continue }
            try attach(MountTree(owning: tree), at: source(index))
        }
        // Where the root file system is a new one, mount points may be missing. They are made on a copy with the bind
        // mounts, since they may lie in these; CRIU gets another without.
        let copy = try MountTree(cloning: container.rootfs, recursive: true)
        try copy.attach(to: try Descriptor.open(path, Int32(LINUX_O_PATH | LINUX_O_DIRECTORY)))
        do {
            let root = RootDirectory(
                descriptor: try Descriptor.open(path, Int32(LINUX_O_PATH | LINUX_O_DIRECTORY)))
            for mount in container.mounts { try makeMountPoint(mount, in: root) }
        }
        try systemCall("unmount", path) { linux_umount2(path, Int32(MNT_DETACH)) }
        let tree = try MountTree(cloning: container.rootfs, recursive: true)
        try tree.attach(to: try Descriptor.open(path, Int32(LINUX_O_PATH | LINUX_O_DIRECTORY)))
    }

    /// Where the images are the container's own: its processes open some of them, in a user namespace as an id that
    /// may not read root's files.
    ///
    /// - Returns: `nil` where they are to be used as they are.
    func mountImages(_ files: CheckpointFiles) -> String? {
        let linux = container.linux
        guard container.namespaces.isNew(.user) else { return nil }
        let path = "\(place)/images"
        // Not every file system can; the images may be readable for all.
        do { try attach(files.mappedImages(linux.uidMappings, linux.gidMappings), at: path) } catch { return nil }
        return path
    }

    /// A file's mount goes to a file.
    private func attach(_ tree: consuming MountTree, at path: String) throws {
        if try tree.descriptor.status().st_mode & S_IFMT == S_IFDIR {
            try File.makeDirectory(path)
        } else {
            _ = try Descriptor.open(path, O_WRONLY | O_CREAT, mode: 0o600)
        }
        try tree.attach(to: try Descriptor.open(path, Int32(LINUX_O_PATH)))
    }

    private func makeMountPoint(_ mount: MountPlan, in root: borrowing RootDirectory) throws {
        // What lies in a file system of the container's own comes with its content.
        guard !isInside(mount.destination) else { return }
        do {
            switch mount.kind {
            case .cgroup: return
            case .fileSystem: _ = try root.makeDirectory(mount.destination)
            case .bind(let recursive):
                let tree = try MountTree(cloning: mount.source, recursive: recursive)
                let isDirectory = try tree.descriptor.status().st_mode & S_IFMT == S_IFDIR
                let target =
                    isDirectory ? try root.makeDirectory(mount.destination) : try root.makeFile(mount.destination)
                try tree.attach(to: target)
            }
        } catch { throw RuntimeError.container(mount.failure(error)) }
    }

    private func isInside(_ destination: String) -> Bool {
        let path = ExternalMounts.cleaned(destination)
        return container.mounts.contains { mount in
            guard case .fileSystem = mount.kind else { return false }
            return path.hasPrefix(ExternalMounts.cleaned(mount.destination) + "/")
        }
    }
}
