import EngineAPI
import SupervisorClient
import TTRPC

/// One container: its record, and what runs of it. Its operations come one at a time.
package actor Container {
    /// A running program of the container.
    struct Run: Sendable {
        let pid: Int
        let attachSocket: String
        let isPaused: Bool

        func paused(_ isPaused: Bool) -> Run { Run(pid: pid, attachSocket: attachSocket, isPaused: isPaused) }
    }

    enum State: Sendable {
        /// Made or ended; the record says which.
        case idle
        case starting
        case running(Run)
        /// Ended, and to be started again after a while.
        case waitingToRestart(Task<Void, Never>)
        case removing
        case removed
    }

    package nonisolated let id: String
    nonisolated let dependencies: ContainerDependencies
    nonisolated let siblings: any ContainerDirectory
    nonisolated let paths: ContainerPaths
    nonisolated let operations = AsyncLock()

    package internal(set) var record: ContainerRecord
    var state = State.idle
    var execs: [String: Exec] = [:]
    /// The end that comes is meant: the restart policy has no say in it.
    var policyIsOff = false
    var restarts = RestartBackOff()
    var logEnd = LogStopSignal()
    private var waiters: [Int: Waiter] = [:]
    private var nextWaiter = 0
    var pendingAttachments: [Int: PendingAttachment] = [:]
    var nextAttachment = 0

    init(record: ContainerRecord, dependencies: ContainerDependencies, siblings: any ContainerDirectory) {
        id = record.id
        self.record = record
        self.dependencies = dependencies
        self.siblings = siblings
        paths = dependencies.paths(of: record.id)
        logEnd.raise()
    }

    var run: Run? {
        if case .running(let run) = state { run } else { nil }
    }

    var isRunning: Bool { run != nil }

    /// The run, or dockerd's refusal.
    func requireRun() throws(EngineError) -> Run {
        guard let run else { throw EngineError(.conflict, "container \(id) is not running") }
        return run
    }

    /// Waits for a start that is under way: its program may be seen to run before the start is over, and is then there for
    /// whoever signals it or wants it gone.
    func finishStarting() async {
        if case .starting = state { await operations.withLock {} }
    }

    func save() async throws {
        try await dependencies.database.save(record, id: id, in: .containers)
    }

    /// For steps that are done already, or that free what a full disk lacks. A record that is behind is put right by
    /// the next start's look at what the supervisor has.
    func saveOrLog() async {
        do {
            try await save()
        } catch {
            dependencies.logger.error("cannot save container \(id): \(error)")
        }
    }

    func publish(_ action: String, _ extra: [String: String] = [:]) async {
        var attributes = record.config.labels ?? [:]
        attributes["image"] = record.image
        attributes["name"] = record.name
        attributes.merge(extra) { $1 }
        await dependencies.events.publish(.make(type: "container", action: action, id: id, attributes: attributes))
    }

    /// Names this container's task, or with an exec id one of its further processes.
    nonisolated func request(execID: String = "") -> SupervisorClient.ProcessRequest {
        var request = SupervisorClient.ProcessRequest()
        request.namespace = SupervisorLink.namespace
        request.id = id
        request.execID = execID
        return request
    }

    // MARK: Waiting

    package enum WaitCondition: String, Sendable {
        case notRunning = "not-running"
        case nextExit = "next-exit"
        case removed
    }

    /// What those who wait are told.
    struct WaitAnswer: Sendable {
        let exitCode: Int
        /// Why the condition will not be met.
        var failure: String?
    }

    private struct Waiter {
        let condition: WaitCondition
        let continuation: AsyncStream<WaitAnswer>.Continuation
    }

    /// A stream that gives one answer, when the condition is met or has failed.
    func waiting(for condition: WaitCondition) -> AsyncStream<WaitAnswer> {
        let (stream, continuation) = AsyncStream.makeStream(of: WaitAnswer.self)
        let isMet =
            switch (condition, state) {
            case (.notRunning, .idle), (_, .removed): true
            default: false
            }
        guard !isMet else {
            continuation.yield(WaitAnswer(exitCode: record.exitCode))
            continuation.finish()
            return stream
        }
        let key = nextWaiter
        nextWaiter += 1
        waiters[key] = Waiter(condition: condition, continuation: continuation)
        continuation.onTermination = { [weak self] _ in
            // The stream's end comes without a caller that could wait for the actor.
            Task { await self?.forgetWaiter(key) }
        }
        return stream
    }

    private func forgetWaiter(_ key: Int) {
        waiters[key] = nil
    }

    /// Answers those who wait for one of the conditions.
    func answerWaiters(_ conditions: Set<WaitCondition>, failure: String? = nil) {
        for (key, waiter) in waiters where conditions.contains(waiter.condition) {
            waiter.continuation.yield(WaitAnswer(exitCode: record.exitCode, failure: failure))
            waiter.continuation.finish()
            waiters[key] = nil
        }
    }
}

/// The other containers, as one container sees them.
package protocol ContainerDirectory: Sendable {
    func container(_ nameOrID: String) async throws(EngineError) -> Container
    func remove(_ container: Container, options: ContainerRemoval) async throws
}

/// How a container is removed.
package struct ContainerRemoval: Sendable {
    package var force = false
    /// With its anonymous volumes.
    package var volumes = false

    package init(force: Bool = false, volumes: Bool = false) {
        self.force = force
        self.volumes = volumes
    }
}
