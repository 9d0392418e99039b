import EngineAPI
import LinuxSystem
import Networking
package import SupervisorClient

extension ContainerService {
    /// The beginning of the keys of skiff-ctr's snapshots, which are not the engine's to remove.
    private static let foreignSnapshots = "ctr."

    /// Reads the records of an earlier life, and removes the files that no record claims.
    package func restore() async throws {
        let records = try await dependencies.database.records(ContainerRecord.self, in: .containers)
        for record in records { _ = adopt(record) }
        let known = Set(records.map(\.id))
        for key in try await dependencies.images.snapshotKeys()
        where !known.contains(key) && !key.hasPrefix(ContainerService.foreignSnapshots) {
            try await dependencies.images.removeSnapshot(key)
        }
        let parent = ContainerPaths.parent(dataRoot: dependencies.configuration.dataRoot)
        try await dependencies.work.run {
            try FileWork.makeDirectory(parent, mode: 0o710)
            for name in try FileWork.names(inDirectory: parent) where !known.contains(name) {
                try FileWork.removeTree(parent + "/" + name)
            }
        }
    }

    /// The supervisor is there (again): finds out what became of every container.
    package func reconcile(with client: SupervisorClient) async {
        var request = SupervisorClient.ListRequest()
        request.namespace = SupervisorLink.namespace
        let tasks: [String: SupervisorClient.TaskInfo]
        do {
            tasks = Dictionary(
                try await client.list(request).tasks.filter { $0.execID.isEmpty }.map { ($0.id, $0) }
            ) { first, _ in first }
        } catch {
            // The link is down once more and comes back here when it is up.
            return dependencies.logger.error("cannot list the supervisor's tasks: \(error)")
        }
        let containers = self.all
        let known = Set(containers.map(\.id))
        for id in tasks.keys where !known.contains(id) { await discardTask(id, client) }
        await withTaskGroup(of: Void.self) { group in
            for container in containers {
                group.addTask {
                    guard await container.reconcile(with: tasks[container.id]) == .toRemove else { return }
                    await container.removeAfterEnd()
                }
            }
        }
    }

    private func discardTask(_ id: String, _ client: SupervisorClient) async {
        var request = SupervisorClient.DeleteRequest()
        request.namespace = SupervisorLink.namespace
        request.id = id
        request.force = true
        do {
            _ = try await client.delete(request)
        } catch {
            dependencies.logger.error("cannot remove task \(id), which no container claims: \(error)")
        }
    }

    /// Removes the endpoints of containers that do not run.
    package func sweepNetwork() async throws {
        guard let bridge = dependencies.networks.bridge else { return }
        var running: Set<String> = []
        for container in self.all where await container.isRunning { running.insert(container.id) }
        try await bridge.sweep(keeping: running)
    }

    package func startByPolicy() async {
        for container in self.all where await container.startsWithDaemon {
            do {
                try await container.start()
            } catch {
                dependencies.logger.error("cannot start container \(container.id): \(error)")
            }
        }
    }

    /// Stops all containers at the daemon's end.
    package func shutDown(timeout: Int) async {
        await withTaskGroup(of: Void.self) { group in
            for container in self.all {
                group.addTask {
                    do {
                        try await container.stop(
                            timeout: await container.record.config.stopTimeout ?? timeout, byUser: false)
                    } catch let error as EngineError where error.kind == .notModified {
                        // It does not run.
                    } catch {
                        self.dependencies.logger.error("cannot stop container \(container.id): \(error)")
                    }
                }
            }
        }
    }

    /// What the supervisor tells of a container.
    package func happened(_ event: SupervisorClient.Event) async {
        guard let container = try? container(event.id), container.id == event.id else { return }
        switch event.kind {
        case .exit where event.execID.isEmpty:
            await container.ended(
                ContainerExit(
                    pid: Int(event.pid), code: Int(event.exitStatus),
                    at: Timestamp(seconds: event.exitedAt.seconds, nanoseconds: Int64(event.exitedAt.nanos))))
        case .exit:
            await container.execEnded(event.execID, code: Int(event.exitStatus))
        case .oom:
            await container.outOfMemory()
            await container.publish("oom")
        default:
            break
        }
    }
}
