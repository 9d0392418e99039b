import EngineAPI

extension Container {
    func rename(to name: String) async throws {
        let old = record.name
        record.name = name
        do {
            try await save()
        } catch {
            record.name = old
            throw error
        }
        await publish("rename", ["oldName": "/" + old])
    }

    /// Ends and removes all of the container but its volumes.
    func remove(_ options: ContainerRemoval) async throws -> ContainerRecord {
        await finishStarting()
        if case .waitingToRestart(let task) = state {
            guard options.force else { throw refusal("restarting") }
            task.cancel()
            state = .idle
        }
        if let run {
            guard options.force else { throw refusal(run.isPaused ? "paused" : "running") }
            // Its end must not start it or remove it once more.
            record.hostConfig.autoRemove = false
            policyIsOff = true
            try await kill(signal: nil)
        }
        try await operations.withLock { try await self.removeExclusively() }
        return record
    }

    private func refusal(_ state: String) -> EngineError {
        let advice =
            state == "paused"
            ? "unpause and then stop the container before removal or force remove"
            : "stop the container before removing or force remove"
        return EngineError(
            .conflict, "cannot remove container \"\(record.name)\": container is \(state): \(advice)")
    }

    private func removeExclusively() async throws {
        switch state {
        case .removing, .removed:
            throw EngineError(.conflict, "removal of container \(id) is already in progress")
        case .running:
            throw refusal("running")
        case .idle, .starting, .waitingToRestart: break
        }
        state = .removing
        record.phase = .removing
        await saveOrLog()
        do {
            try await dependencies.images.removeSnapshot(id)
            let directory = paths.directory
            try await dependencies.work.run { try FileWork.removeTree(directory) }
            try await dependencies.database.delete(id: id, from: .containers)
        } catch {
            state = .idle
            record.phase = .dead
            let failure = "cannot remove container \"\(record.name)\": unable to remove filesystem: \(error)"
            answerWaiters([.removed], failure: failure)
            throw EngineError(.internal, failure)
        }
    }

    func finishRemoval() async {
        state = .removed
        closePendingAttachments()
        await publish("destroy")
        answerWaiters([.notRunning, .nextExit, .removed])
    }
}
