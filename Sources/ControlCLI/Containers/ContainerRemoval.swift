import ImageStore
import SupervisorClient

/// Takes a container away: its record, then its snapshot.
struct ContainerRemoval {
    let context: ControlContext
    let client: SupervisorClient

    func remove(_ id: String, keepsSnapshot: Bool = false) async throws {
        let request = SupervisorClient.ContainerRequest(context.namespace, id)
        let container = try await client.container(request)
        try await client.deleteContainer(request)
        // Only what was made here is taken away here.
        guard !keepsSnapshot, container.snapshotKey.hasPrefix("ctr.") else { return }
        try await context.images().removeSnapshot(container.snapshotKey)
    }
}
