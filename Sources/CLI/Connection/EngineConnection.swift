/// One HTTP/1.1 connection: a request goes out, its response is read with blocking calls.
///
/// A command line tool waits for one answer at a time, and where it waits for several (an attached
/// terminal) it polls the descriptors, so no event loop or thread is started.
final class EngineConnection {
    let socket: Socket
    private let host: EngineHost
    private var parser = HTTPResponseParser()
    private var events: [HTTPResponseParser.Event] = []
    /// Whether an earlier request went over this connection, so that the server may have closed it meanwhile.
    private(set) var isReused = false

    init(to host: EngineHost) throws(EngineError) {
        self.host = host
        socket = try Socket.connect(to: host)
    }

    func send(_ request: EngineRequest) throws(EngineError) {
        parser = HTTPResponseParser(expectsBody: request.method != "HEAD")
        events = []
        try socket.send(request.encoded(for: host))
    }

    /// Waits for the head of the response.
    func head() throws(EngineError) -> HTTPResponseHead {
        while true {
            if case .head(let head)? = events.first {
                events.removeFirst()
                return head
            }
            try fill()
        }
    }

    /// Waits for the next piece of the body; nil at its end.
    func body() throws(EngineError) -> [UInt8]? {
        while true {
            if case .body(let bytes)? = events.first {
                events.removeFirst()
                return bytes
            }
            if events.first == .end || (events.isEmpty && parser.isDone) {
                events = []
                return nil
            }
            try fill()
        }
    }

    /// After a poll said there is something: reads once and answers the pieces of the body, and whether it ended.
    func available() throws(EngineError) -> (pieces: [UInt8], ended: Bool) {
        try fill()
        var pieces: [UInt8] = []
        var ended = parser.isDone
        for event in events {
            switch event {
            case .body(let bytes): pieces += bytes
            case .end: ended = true
            case .head: break
            }
        }
        events = []
        return (pieces, ended)
    }

    /// Body bytes that were read with the head, for a caller that goes on with `poll`.
    func buffered() -> (pieces: [UInt8], ended: Bool) {
        defer { events = [] }
        let pieces = events.reduce(into: [UInt8]()) { pieces, event in
            if case .body(let bytes) = event { pieces += bytes }
        }
        return (pieces, events.contains(.end))
    }

    /// Leaves HTTP; answers stream bytes that arrived with the head.
    func upgrade() -> [UInt8] {
        let early = buffered().pieces
        return early + parser.upgrade()
    }

    func markReused() {
        isReused = true
    }

    var hasAnswered: Bool { !parser.isUntouched || !events.isEmpty }

    private func fill() throws(EngineError) {
        let bytes = try socket.receive()
        do {
            events += bytes.isEmpty ? try parser.finish() : try parser.feed(bytes)
        } catch .truncated {
            throw .broken("the daemon at \(host) closed the connection")
        } catch {
            throw .broken("the daemon at \(host) did not answer in HTTP")
        }
    }
}
