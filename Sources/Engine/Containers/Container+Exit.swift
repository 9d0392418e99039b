import EngineAPI
import SupervisorClient

/// How a container's program ended.
struct ContainerExit: Sendable {
    let pid: Int
    let code: Int
    let at: Timestamp
}

extension Container {
    /// The supervisor has seen the end of this container's program.
    func ended(_ exit: ContainerExit) async {
        let restart = await operations.withLock { await self.settle(exit) }
        switch restart {
        case .again(let delay): scheduleRestart(after: delay)
        case .remove: await removeAfterEnd()
        case .stay: break
        }
    }

    enum AfterEnd: Sendable {
        case again(Duration)
        case remove
        case stay
    }

    /// Puts everything away that belonged to the run.
    private func settle(_ exit: ContainerExit) async -> AfterEnd {
        guard case .running(let run) = state, run.pid == exit.pid else { return .stay }
        async let network: Void = detachNetwork()
        async let task: Void = discardTask()
        _ = await (network, task)
        logEnd.raise()
        let after = takeExit(exit)
        await saveOrLog()
        let seconds = max(0, exit.at.seconds - record.startedAt.seconds)
        await publish("die", ["exitCode": "\(exit.code)", "execDuration": "\(seconds)"])
        answerWaiters([.notRunning, .nextExit])
        return after
    }

    private func takeExit(_ exit: ContainerExit) -> AfterEnd {
        record.exitCode = exit.code
        record.finishedAt = exit.at
        record.pid = 0
        for exec in execs.values { exec.containerEnded() }
        let policy = record.hostConfig.restartPolicy
        if policy.restarts(exitCode: exit.code, count: record.restartCount, stoppedByUser: policyIsOff) {
            let ran = Duration.nanoseconds(exit.at.totalNanoseconds - record.startedAt.totalNanoseconds)
            record.phase = .restarting
            state = .idle
            return .again(restarts.next(ranFor: ran))
        }
        record.phase = .exited
        state = .idle
        return record.hostConfig.autoRemove ? .remove : .stay
    }

    func scheduleRestart(after delay: Duration) {
        // Owned by the state: stopping or removing the container cancels it.
        let task = Task {
            do {
                try await Task.sleep(for: delay)
            } catch {
                return
            }
            await self.restartByPolicy()
        }
        state = .waitingToRestart(task)
    }

    private func restartByPolicy() async {
        do {
            try await operations.withLock { try await self.restartIfWaiting() }
        } catch {
            dependencies.logger.error("cannot restart container \(id): \(error)")
        }
    }

    private func restartIfWaiting() async throws {
        guard case .waitingToRestart = state else { return }
        state = .idle
        record.restartCount += 1
        try await startExclusively()
    }

    func outOfMemory() {
        record.oomKilled = true
    }
}
