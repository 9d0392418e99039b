import EngineAPI

extension ContainerService {
    /// What `docker ps` shows, the newest first.
    func list(
        all: Bool, limit: Int, withSize: Bool, filter: ContainerFilter, version: APIVersion
    ) async throws -> [ContainerSummary] {
        var candidates: [(container: Container, record: ContainerRecord)] = []
        for container in self.all { candidates.append((container, await container.record)) }
        candidates.sort { $0.record.created > $1.record.created }
        if let before = filter.before {
            let bound = try await container(before).record.created
            candidates.removeAll { $0.record.created >= bound }
        }
        if let since = filter.since {
            let bound = try await container(since).record.created
            candidates.removeAll { $0.record.created <= bound }
        }
        var ancestors: Set<String> = []
        for name in filter.ancestors {
            if let image = try? await dependencies.images.image(name) { ancestors.insert(image.id) }
        }
        var summaries: [ContainerSummary] = []
        for (container, record) in candidates {
            let isRunning = await container.isRunning
            guard all || limit > 0 || isRunning || filter.asksForStopped else { continue }
            let summary = try await container.summarize(withSize: withSize)
            guard filter.allows(summary, exitCode: record.exitCode, ancestorIDs: ancestors) else { continue }
            summaries.append(summary)
            if limit > 0, summaries.count == limit { break }
        }
        return summaries
    }

    func prune(_ filters: FilterSet) async throws -> ContainersPruneResponse {
        var response = ContainersPruneResponse()
        for container in self.all {
            let record = await container.record
            guard await ["created", "exited", "dead"].contains(container.status),
                filters.allowsLabels(record.config.labels ?? [:])
            else { continue }
            let size = (try? await dependencies.images.snapshotUsage(container.id)) ?? 0
            do {
                try await remove(container, options: ContainerRemoval())
            } catch let error as EngineError where error.kind == .conflict {
                // It was started meanwhile.
                continue
            }
            response.containersDeleted = (response.containersDeleted ?? []) + [container.id]
            response.spaceReclaimed += size
        }
        return response
    }

    /// The containers of the default bridge, for `docker network inspect`.
    func bridgeMembers() async -> [String: NetworkContainer] {
        var members: [String: NetworkContainer] = [:]
        for container in self.all {
            let record = await container.record
            guard let endpoint = record.endpoint else { continue }
            var member = NetworkContainer()
            member.name = record.name
            member.endpointID = NetworkService.endpointID(record.id)
            member.macAddress = "\(endpoint.macAddress)"
            member.ipv4Address = "\(endpoint.ipAddress)/\(endpoint.prefixLength)"
            members[record.id] = member
        }
        return members
    }

    func census() async -> SystemService.Census {
        var census = SystemService.Census()
        for container in self.all {
            switch await container.status {
            case "running": census.running += 1
            case "paused": census.paused += 1
            default: census.stopped += 1
            }
        }
        return census
    }
}
