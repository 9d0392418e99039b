import Glibc
package import Logging
package import SupervisorClient
import TTRPC

/// The connection to skiff-supervisor: starts the program where there is none, connects anew when either side was
/// restarted, and follows its events from where it left off.
package actor SupervisorLink {
    package static let namespace = "skiff"

    /// What becomes of what the supervisor tells.
    package struct Observer: Sendable {
        /// The link is up (again): what runs must be compared with what is remembered.
        package let connected: @Sendable (SupervisorClient) async -> Void
        package let happened: @Sendable (SupervisorClient.Event) async -> Void

        package init(
            connected: @escaping @Sendable (SupervisorClient) async -> Void,
            happened: @escaping @Sendable (SupervisorClient.Event) async -> Void
        ) {
            self.connected = connected
            self.happened = happened
        }
    }

    private let program: SupervisorProgram
    private let logger: Logger
    private var current: SupervisorClient?
    private var waiting: [CheckedContinuation<SupervisorClient, any Error>] = []
    private var isClosed = false

    package init(program: SupervisorProgram, logger: Logger) {
        self.program = program
        self.logger = logger
    }

    /// A client that works, waiting for the supervisor to be back if it is not there.
    package func client() async throws -> SupervisorClient {
        if let current, current.isConnected { return current }
        if isClosed { throw EngineError(.unavailable, "the daemon is shutting down") }
        return try await withCheckedThrowingContinuation { waiting.append($0) }
    }

    /// Keeps the link up until it is closed. `ready` is called once, when it is up for the first time.
    package func run(observer: Observer, ready: @escaping @Sendable () -> Void) async throws {
        // One group for the life of the link: an exit that is dealt with may have to wait for the next connection.
        try await withThrowingDiscardingTaskGroup { group in
            var position = Position()
            var isFirst = true
            var isReady = false
            while !isClosed {
                guard let client = try await connect(isFirst: isFirst) else { return }
                isFirst = false
                if await follow(client, from: &position, observer: observer, group: &group) {
                    if !isReady { ready() }
                    isReady = true
                    await forward(client, from: &position, observer: observer, group: &group)
                }
                client.close()
                current = nil
            }
            group.cancelAll()
        }
    }

    /// How far the events of which supervisor were seen.
    private struct Position {
        var supervisorPID: UInt32 = 0
        var cursor: UInt64 = 0
    }

    /// Hands the client out and has everything compared. False when the link was lost in the meantime: what the
    /// comparison still waits for comes with the next link.
    private func follow(
        _ client: SupervisorClient, from position: inout Position, observer: Observer,
        group: inout ThrowingDiscardingTaskGroup<any Error>
    ) async -> Bool {
        do {
            let version = try await client.version()
            // A new supervisor counts its events anew.
            if version.pid != position.supervisorPID { position.cursor = 0 }
            position.supervisorPID = version.pid
            logger.info("connected to supervisor", metadata: ["pid": "\(version.pid)"])
        } catch {
            logger.warning("lost the supervisor: \(error)")
            return false
        }
        hand(out: client)
        let (outcome, settle) = AsyncStream.makeStream(of: Bool.self)
        client.onDisconnect { settle.yield(false) }
        group.addTask {
            await observer.connected(client)
            settle.yield(true)
        }
        for await isCompared in outcome { return isCompared }
        return false
    }

    private func forward(
        _ client: SupervisorClient, from position: inout Position, observer: Observer,
        group: inout ThrowingDiscardingTaskGroup<any Error>
    ) async {
        do {
            for try await event in client.events(namespace: Self.namespace, since: position.cursor) {
                position.cursor = event.cursor
                if event.kind == .exit {
                    group.addTask { await observer.happened(event) }
                } else {
                    await observer.happened(event)
                }
            }
        } catch let error as RPCError where error.code == .outOfRange {
            // Events were missed; `connected` compares everything once more.
            position.cursor = 0
        } catch {
            if !isClosed { logger.warning("lost the supervisor: \(error)") }
        }
    }

    /// Nil when the link was closed meanwhile. Only the first time a failure is final.
    private func connect(isFirst: Bool) async throws -> SupervisorClient? {
        var backOff = RestartBackOff()
        while !isClosed {
            if let client = try? await SupervisorClient.connect(to: program.address) { return client }
            do {
                logger.info("starting supervisor", metadata: ["path": "\(program.path)"])
                try await program.start()
                return try await SupervisorClient.connect(to: program.address)
            } catch {
                if isFirst { throw error }
                logger.error("cannot start the supervisor: \(error)")
                try await Task.sleep(for: backOff.next(ranFor: .zero))
            }
        }
        return nil
    }

    private func hand(out client: SupervisorClient) {
        current = client
        let served = waiting
        waiting = []
        for continuation in served { continuation.resume(returning: client) }
    }

    package func close() {
        isClosed = true
        current?.close()
        current = nil
        let refused = waiting
        waiting = []
        for continuation in refused {
            continuation.resume(throwing: EngineError(.unavailable, "the daemon is shutting down"))
        }
    }
}
