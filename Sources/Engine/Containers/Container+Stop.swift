import EngineAPI
import Glibc
import SupervisorClient
import TTRPC

extension Container {
    static let defaultStopTimeout = 10
    private static let killDeadline = Duration.seconds(20)

    /// Asks the program to end and ends it when it has not after a time; negative waits for ever.
    package func stop(signal: String? = nil, timeout: Int? = nil, byUser: Bool = true) async throws {
        await finishStarting()
        if case .waitingToRestart(let task) = state {
            task.cancel()
            state = .idle
            record.phase = .exited
            record.stoppedByUser = byUser
            try await save()
            answerWaiters([.notRunning, .nextExit])
            return
        }
        guard isRunning else { throw EngineError(.notModified, "container \(id) is already stopped") }
        record.stoppedByUser = byUser
        policyIsOff = true
        let number = try signal.map(Signal.number) ?? stopSignal
        let seconds = timeout ?? record.config.stopTimeout ?? Self.defaultStopTimeout
        let end = waiting(for: .notRunning)
        try await send(signal: number)
        if await Self.ended(end, within: seconds < 0 ? nil : .seconds(seconds)) {
            return await publish("stop")
        }
        dependencies.logger.info(
            "container \(id) did not end within \(seconds) seconds of signal \(number), killing it")
        let kill = waiting(for: .notRunning)
        try await send(signal: SIGKILL)
        guard await Self.ended(kill, within: Self.killDeadline) else {
            throw EngineError(
                .internal, "cannot stop container: \(id): tried to kill container, but did not receive an exit event")
        }
        await publish("stop")
    }

    package func restart(signal: String?, timeout: Int?) async throws {
        do {
            try await stop(signal: signal, timeout: timeout)
        } catch let error as EngineError where error.kind == .notModified {
            // It has ended already; starting is all that is left.
        }
        do {
            try await start()
        } catch let error as EngineError where error.kind == .notModified {
            // Somebody else was faster.
        }
        await publish("restart")
    }

    /// `docker kill`: with SIGKILL it answers when the program has ended.
    package func kill(signal: String?) async throws {
        let number: Int32
        if let signal, !signal.isEmpty { number = try Signal.number(signal) } else { number = SIGKILL }
        await finishStarting()
        guard isRunning else {
            throw EngineError(
                .conflict, "cannot kill container: \(record.name): container \(id) is not running")
        }
        if number == SIGKILL || number == stopSignal {
            record.stoppedByUser = true
            policyIsOff = true
        }
        let end = waiting(for: .notRunning)
        try await send(signal: number)
        await publish("kill", ["signal": "\(number)"])
        if number == SIGKILL { _ = await Self.ended(end, within: Self.killDeadline) }
    }

    var stopSignal: Int32 {
        guard let name = record.config.stopSignal, let number = try? Signal.number(name) else { return SIGTERM }
        return number
    }

    private func send(signal: Int32) async throws {
        let run = try requireRun()
        var request = SupervisorClient.KillRequest()
        request.namespace = SupervisorLink.namespace
        request.id = id
        request.signal = UInt32(signal)
        do {
            try await dependencies.supervisor.client().kill(request)
        } catch let error as RPCError where error.code == .notFound {
            // It has ended meanwhile; its exit is on the way.
            return
        }
        if run.isPaused { try await resume() }
    }

    private static func ended(_ end: AsyncStream<WaitAnswer>, within limit: Duration?) async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                for await _ in end { return true }
                return false
            }
            if let limit {
                group.addTask {
                    do {
                        try await Task.sleep(for: limit)
                    } catch {
                        // Cancelled, because the end came first.
                    }
                    return false
                }
            }
            let first = await group.next() ?? false
            group.cancelAll()
            return first
        }
    }

    // MARK: Pausing

    package func pause() async throws {
        await finishStarting()
        guard let run else { throw EngineError(.conflict, "container \(id) is not running") }
        guard !run.isPaused else { throw EngineError(.conflict, "container \(id) is already paused") }
        try await dependencies.supervisor.client().pause(request())
        guard isRunning else { return }
        state = .running(run.paused(true))
        record.phase = .paused
        await saveOrLog()
        await publish("pause")
    }

    package func unpause() async throws {
        guard let run, run.isPaused else { throw EngineError(.conflict, "container \(id) is not paused") }
        try await resume()
        await publish("unpause")
    }

    private func resume() async throws {
        try await dependencies.supervisor.client().resume(request())
        guard let run else { return }
        state = .running(run.paused(false))
        record.phase = .running
        await saveOrLog()
    }
}
