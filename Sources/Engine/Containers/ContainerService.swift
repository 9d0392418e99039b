package import EngineAPI
package import ImageStore
import LinuxSystem

/// All containers: by id, name and prefix of an id.
package actor ContainerService: ContainerDirectory {
    nonisolated let dependencies: ContainerDependencies
    private nonisolated let planner = MountPlanner()
    private var containers: [String: Container] = [:]
    /// Ids by name. A name is taken before its container exists.
    private var names: [String: String] = [:]

    package init(dependencies: ContainerDependencies) {
        self.dependencies = dependencies
    }

    // MARK: Finding

    package func container(_ text: String) throws(EngineError) -> Container {
        if let container = containers[text] { return container }
        let name = text.hasPrefix("/") ? String(text.dropFirst()) : text
        if let id = names[name], let container = containers[id] { return container }
        let matches = text.isEmpty ? [] : containers.keys.filter { $0.hasPrefix(text) }
        if matches.count > 1 {
            throw EngineError(.invalidParameter, "multiple IDs found with provided prefix: \(text)")
        }
        guard let match = matches.first, let container = containers[match] else {
            throw EngineError(.notFound, "No such container: \(text)")
        }
        return container
    }

    package var all: [Container] { Array(containers.values) }

    func exec(_ id: String) async throws(EngineError) -> (Container, Exec) {
        for container in containers.values {
            if let exec = await container.execs[id] { return (container, exec) }
        }
        throw EngineError(.notFound, "No such exec instance: \(id)")
    }

    // MARK: Creation

    package func create(
        name: String?, platform: String?, request: ContainerCreateRequest
    ) async throws -> ContainerCreateResponse {
        let id = ContainerID.random()
        let name = try take(name: name, for: id)
        do {
            let draft = try await draft(id: id, name: name, request: request)
            let container = Container(record: draft.record, dependencies: dependencies, siblings: self)
            containers[id] = container
            await container.publish("create")
            var response = ContainerCreateResponse()
            response.id = id
            response.warnings = draft.warnings
            return response
        } catch {
            names[name] = nil
            throw error
        }
    }

    private func take(name: String?, for id: String) throws(EngineError) -> String {
        guard let name, !name.isEmpty else {
            let name = ContainerName.random { names[$0] != nil }
            names[name] = id
            return name
        }
        let checked = try ContainerName.check(name)
        try checkFree(checked)
        names[checked] = id
        return checked
    }

    private func checkFree(_ name: String) throws(EngineError) {
        guard let owner = names[name] else { return }
        throw EngineError(
            .conflict,
            "Conflict. The container name \"/\(name)\" is already in use by container \"\(owner)\". You have to remove "
                + "(or rename) that container to be able to reuse that name.")
    }

    /// Makes what belongs to a new container: volumes, files, snapshot and record. What fails is taken back.
    private nonisolated func draft(
        id: String, name: String, request: ContainerCreateRequest
    ) async throws -> ContainerDraft {
        let image: Image
        do {
            image = try await dependencies.images.image(request.config.image)
        } catch let error as ImageStoreError where error.kind == .notFound {
            throw EngineError(.notFound, "No such image: \(ImageNames.familiar(request.config.image))")
        }
        var draft = try await ContainerDraft(
            id: id, name: name, request: request, image: image, dependencies: dependencies, directory: self)
        draft.record.mounts = try planner.plan(config: draft.record.config, hostConfig: draft.record.hostConfig)
        let paths = dependencies.paths(of: id)
        do {
            try await dependencies.work.run { try FileWork.makeDirectory(paths.directory, mode: 0o710) }
            let snapshot = try await dependencies.images.prepareSnapshot(id, from: image)
            try await VolumeFiller(volumes: dependencies.volumes, work: dependencies.work)
                .fill(&draft.record.mounts, from: snapshot)
            try await dependencies.database.save(draft.record, id: id, in: .containers)
        } catch {
            await discardFiles(of: id)
            throw error
        }
        return draft
    }

    /// Removes a container's files, whatever there is of them.
    nonisolated func discardFiles(of id: String) async {
        let paths = dependencies.paths(of: id)
        do {
            try await dependencies.images.removeSnapshot(id)
            try await dependencies.work.run { try FileWork.removeTree(paths.directory) }
        } catch {
            dependencies.logger.error("cannot remove the files of container \(id): \(error)")
        }
    }

    // MARK: Changes

    package func rename(_ container: Container, to newName: String) async throws {
        guard !newName.isEmpty else {
            throw EngineError(.invalidParameter, "Neither old nor new names may be empty")
        }
        let name = try ContainerName.check(newName)
        let old = await container.record.name
        guard name != old else {
            throw EngineError(.invalidParameter, "Renaming a container with the same name as its current name")
        }
        try checkFree(name)
        names[name] = container.id
        do {
            try await container.rename(to: name)
        } catch {
            names[name] = nil
            throw error
        }
        if names[old] == container.id { names[old] = nil }
    }

    package func remove(_ container: Container, options: ContainerRemoval) async throws {
        let record = try await container.remove(options)
        if names[record.name] == container.id { names[record.name] = nil }
        containers[container.id] = nil
        await container.finishRemoval()
        guard options.volumes else { return }
        for mount in record.mounts where mount.isAnonymous && mount.kind == .volume {
            guard let name = mount.name, await !isVolumeUsed(name) else { continue }
            do {
                try await dependencies.volumes.remove(name)
            } catch {
                dependencies.logger.warning("cannot remove volume \(name): \(error)")
            }
        }
    }

    // MARK: Uses

    package func volumeUsers(_ name: String) async -> [String] {
        var users: [String] = []
        for container in containers.values {
            let record = await container.record
            if record.mounts.contains(where: { $0.kind == .volume && $0.name == name }) { users.append(record.id) }
        }
        return users.sorted()
    }

    private func isVolumeUsed(_ name: String) async -> Bool { await !volumeUsers(name).isEmpty }

    package func imageUsers(_ imageID: String) async -> [ImageUser] {
        var users: [ImageUser] = []
        for container in containers.values where await container.record.imageID == imageID {
            users.append(ImageUser(containerID: container.id, isRunning: await container.isRunning))
        }
        return users
    }

    // MARK: Recovery

    func adopt(_ record: ContainerRecord) -> Container {
        let container = Container(record: record, dependencies: dependencies, siblings: self)
        containers[record.id] = container
        names[record.name] = record.id
        return container
    }
}
