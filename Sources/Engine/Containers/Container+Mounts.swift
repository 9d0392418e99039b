import Glibc
import LinuxSystem

extension Container {
    /// The container's mounts with their sources on the host, made where they may be.
    func resolveMounts() async throws -> [SpecMount] {
        var mounts: [SpecMount] = []
        for mount in record.mounts { mounts.append(try await resolve(mount)) }
        return mounts
    }

    private func resolve(_ mount: MountRecord) async throws -> SpecMount {
        let kind: SpecMount.Kind
        switch mount.kind {
        case .bind:
            try await dependencies.work.run { try Self.checkSource(mount) }
            kind = .bind(source: mount.source, propagation: mount.propagation == "rprivate" ? "" : mount.propagation)
        case .volume:
            guard let name = mount.name else {
                throw EngineError(.internal, "the volume at \(mount.destination) has no name")
            }
            try await dependencies.volumes.ensure(name)
            kind = .volume(source: dependencies.volumes.mountpoint(name))
        case .tmpfs:
            kind = .tmpfs(options: mount.tmpfsOptions)
        }
        return SpecMount(
            kind, destination: mount.destination, writable: mount.writable, nonRecursive: mount.nonRecursive,
            readOnlyNonRecursive: mount.readOnlyNonRecursive, readOnlyForceRecursive: mount.readOnlyForceRecursive)
    }

    private static func checkSource(_ mount: MountRecord) throws {
        guard access(mount.source, F_OK) != 0 else { return }
        guard mount.createsSource else {
            throw EngineError(
                .invalidParameter,
                "invalid mount config for type \"bind\": bind source path does not exist: \(mount.source)")
        }
        do {
            try FileWork.makeDirectory(mount.source, mode: 0o755)
        } catch {
            throw EngineError(.internal, "error while creating mount source path '\(mount.source)': \(error)")
        }
    }
}
