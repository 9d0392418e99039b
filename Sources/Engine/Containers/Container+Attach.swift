import EngineAPI
import NIOCore

/// A client that is attached before the container runs.
struct PendingAttachment: Sendable {
    let connection: HijackedConnection
    let options: StreamOptions
    let result: AsyncStream<StreamRelay>.Continuation
}

extension Container {
    /// Connects a client to the container's streams, or keeps it until the container starts.
    /// The stream gives the relay, or ends without one when the container does not start.
    func attach(_ connection: HijackedConnection, options: StreamOptions) async throws -> AsyncStream<StreamRelay> {
        let (stream, continuation) = AsyncStream.makeStream(of: StreamRelay.self)
        if let run {
            continuation.yield(try await connection.connect(to: run.attachSocket, options: options))
            continuation.finish()
            return stream
        }
        let key = nextAttachment
        nextAttachment += 1
        pendingAttachments[key] = PendingAttachment(connection: connection, options: options, result: continuation)
        connection.channel.closeFuture.whenComplete { [weak self] _ in
            // The client left; its connection has no task to tell the actor with.
            Task { await self?.forgetAttachment(key) }
        }
        return stream
    }

    private func forgetAttachment(_ key: Int) {
        pendingAttachments.removeValue(forKey: key)?.result.finish()
    }

    /// Connects the clients that wait, before the program writes its first byte.
    func connectPendingAttachments(to socketPath: String) async {
        let pending = pendingAttachments.values
        guard !pending.isEmpty else { return }
        pendingAttachments = [:]
        await withTaskGroup(of: Void.self) { group in
            for attachment in pending {
                group.addTask {
                    defer { attachment.result.finish() }
                    do {
                        let relay = try await attachment.connection.connect(
                            to: socketPath, options: attachment.options)
                        attachment.result.yield(relay)
                    } catch {
                        // A client that cannot be attached does not keep the container from starting.
                        attachment.connection.close()
                    }
                }
            }
        }
    }

    func closePendingAttachments() {
        for attachment in pendingAttachments.values { attachment.result.finish() }
        pendingAttachments = [:]
    }

    /// What attach needs to know before it answers.
    func attachment() throws(EngineError) -> (terminal: Bool, hasInput: Bool) {
        switch state {
        case .removing, .removed:
            throw EngineError(.notFound, "No such container: \(id)")
        case .waitingToRestart:
            throw EngineError(.conflict, "container \(id) is restarting, wait until the container is running")
        case .running(let run) where run.isPaused:
            throw EngineError(.conflict, "container \(id) is paused, unpause the container before attach")
        default:
            return (record.config.tty, record.config.openStdin)
        }
    }

    func resize(height: Int, width: Int, execID: String = "") async throws {
        try await TerminalSize(height: height, width: width).apply(
            to: request(execID: execID), by: dependencies.supervisor.client())
    }
}
