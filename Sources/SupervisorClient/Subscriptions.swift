internal import Synchronization
internal import TTRPC

/// The connections that a client's event streams have for themselves: they end with the client.
final class Subscriptions: Sendable {
    private struct State {
        var isClosed = false
        var open: [ObjectIdentifier: RPCClient] = [:]
    }

    private let state = Mutex(State())

    /// Remembers a stream's connection; closes it at once when the client is closed already.
    func add(_ connection: RPCClient) {
        let isClosed = state.withLock { state in
            if !state.isClosed { state.open[ObjectIdentifier(connection)] = connection }
            return state.isClosed
        }
        if isClosed { connection.close() }
    }

    func remove(_ connection: RPCClient) {
        state.withLock { $0.open[ObjectIdentifier(connection)] = nil }
        connection.close()
    }

    func close() {
        let ended = state.withLock { state in
            state.isClosed = true
            defer { state.open = [:] }
            return Array(state.open.values)
        }
        for connection in ended { connection.close() }
    }
}
