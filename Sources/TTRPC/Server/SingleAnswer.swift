internal import Synchronization

/// The answer to a call that two may want to give: the first one counts.
final class SingleAnswer: Sendable {
    private let connection: ServerConnection
    private let stream: UInt32
    private let isGiven = Atomic(false)

    init(to call: IncomingCall, on connection: ServerConnection) {
        self.connection = connection
        stream = call.stream
    }

    func send(_ result: Result<[UInt8], RPCError>) {
        guard !isGiven.exchange(true, ordering: .relaxed) else { return }
        connection.send(ServerConnectionState.response(on: stream, result))
    }
}
