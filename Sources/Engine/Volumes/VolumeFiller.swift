import CLinux
import Glibc
import ImageStore
import LinuxSystem

/// Gives a new container's volumes their names, and empty ones what the image has in their place.
struct VolumeFiller: Sendable {
    let volumes: VolumeService
    let work: FileWork

    func fill(_ mounts: inout [MountRecord], from snapshot: SnapshotMount) async throws {
        for index in mounts.indices where mounts[index].kind == .volume {
            let record = try await volumes.ensure(mounts[index].name ?? "")
            mounts[index].name = record.name
            mounts[index].source = volumes.mountpoint(record.name)
            guard mounts[index].copiesImageContent else { continue }
            let (path, destination) = (mounts[index].source, mounts[index].destination)
            try await work.run { try Self.copy(from: snapshot, destination, to: path) }
        }
    }

    private static func copy(from snapshot: SnapshotMount, _ path: String, to volume: String) throws {
        guard try FileWork.names(inDirectory: volume).isEmpty else { return }
        let root = try RootView(snapshot)
        guard let source = try directory(path, in: root.descriptor.rawValue) else { return }
        let target = try Descriptor.open(volume, O_RDONLY | O_DIRECTORY)
        try TreeCopy().copy(from: source.rawValue, to: target.rawValue, path: volume)
    }

    /// Nil when there is no such directory in the image.
    private static func directory(_ path: String, in root: Int32) throws(SystemError) -> Descriptor? {
        do {
            return try Descriptor.open(at: root, path, O_RDONLY | O_DIRECTORY, resolve: Int32(RESOLVE_IN_ROOT))
        } catch  where error.errno == ENOENT || error.errno == ENOTDIR {
            return nil
        }
    }
}
