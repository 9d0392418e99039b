import EngineAPI
package import NIOCore
package import NIOHTTP1
import Synchronization

/// Answers one request: whole, as a stream of chunks, or by turning the connection into a raw stream.
package final class HTTPResponder: Sendable {
    private let channel: any Channel
    private let connection: NIOLoopBound<HTTPConnectionHandler>
    private let commonHeaders: HTTPHeaders
    private let isHead: Bool
    private let keepAlive: Bool
    private let takesChunks: Bool
    private let asksUpgrade: Bool
    private let state = Mutex(State.fresh)

    private enum State: Sendable, Equatable {
        case fresh
        case streaming
        case ended
    }

    init(channel: any Channel, connection: HTTPConnectionHandler, head: HTTPRequestHead, commonHeaders: HTTPHeaders) {
        self.channel = channel
        self.connection = NIOLoopBound(connection, eventLoop: channel.eventLoop)
        self.commonHeaders = commonHeaders
        isHead = head.method == .HEAD
        asksUpgrade = head.headers.contains(name: "Upgrade")
        keepAlive = head.isKeepAlive && !asksUpgrade
        takesChunks = head.version == .http1_1
    }

    /// Whether the response has begun, so that an error can no longer be told by a status.
    package var hasBegun: Bool { state.withLock { $0 != .fresh } }

    // MARK: Whole responses

    package func send(_ status: HTTPResponseStatus) async throws {
        try await send(status, body: ByteBuffer(), contentType: nil)
    }

    package func send(_ status: HTTPResponseStatus = .ok, json value: some Encodable & Sendable) async throws {
        var body = ByteBuffer(bytes: try EngineJSON.encode(value))
        body.writeInteger(UInt8(ascii: "\n"))
        try await send(status, body: body, contentType: "application/json")
    }

    package func send(
        _ status: HTTPResponseStatus, body: ByteBuffer, contentType: String?, headers extra: HTTPHeaders = [:]
    ) async throws {
        guard begin(.ended) else { return }
        var headers = commonHeaders
        headers.add(contentsOf: extra)
        if let contentType { headers.add(name: "Content-Type", value: contentType) }
        let bodiless = status == .noContent || status == .notModified
        var bytes = HTTPResponseEncoding.head(
            status: status, headers: headers, length: bodiless ? .none : .fixed(body.readableBytes),
            keepAlive: keepAlive)
        if !isHead, !bodiless { bytes.writeImmutableBuffer(body) }
        try await finish(writing: bytes)
    }

    /// Tells a failure: as a status, or when the response has begun by cutting it off.
    package func send(_ error: EngineError) async {
        do {
            if hasBegun {
                try await channel.close()
            } else if error.kind == .notModified {
                try await send(.notModified)
            } else {
                try await send(ErrorMapping.status(of: error.kind), json: ErrorResponse(error.message))
            }
        } catch {
            // The client is gone; there is nobody to tell.
            channel.close(promise: nil)
        }
    }

    /// Gives the connection up.
    func abandon() {
        channel.close(promise: nil)
    }

    // MARK: Streams

    /// Begins a response whose body comes in parts; the head is sent at once.
    package func stream(_ status: HTTPResponseStatus = .ok, contentType: String) async throws -> HTTPBodyWriter {
        guard begin(.streaming) else { throw EngineError(.internal, "the response has begun already") }
        var headers = commonHeaders
        headers.add(name: "Content-Type", value: contentType)
        let head = HTTPResponseEncoding.head(
            status: status, headers: headers, length: takesChunks ? .chunked : .untilClose,
            keepAlive: keepAlive && takesChunks)
        try await channel.writeAndFlush(head)
        return HTTPBodyWriter(channel: channel, chunked: takesChunks)
    }

    /// Ends a response that `stream` began.
    package func end(_ writer: HTTPBodyWriter) async throws {
        state.withLock { $0 = .ended }
        if takesChunks {
            try await finish(writing: HTTPResponseEncoding.lastChunk)
        } else {
            try await channel.close()
        }
    }

    private func begin(_ next: State) -> Bool {
        state.withLock { state in
            guard state == .fresh else { return false }
            state = next
            return true
        }
    }

    private func finish(writing bytes: ByteBuffer) async throws {
        let connection = connection
        let keepAlive = keepAlive && takesChunks
        let channel = channel
        try await channel.eventLoop.flatSubmit {
            let written = channel.writeAndFlush(bytes)
            return written.always { _ in connection.value.responseEnded(keepAlive: keepAlive) }
        }.get()
    }

    // MARK: Raw streams

    /// Ends HTTP on this connection: `101 UPGRADED` if the client asked for it, else a bare `200 OK`.
    func hijack(contentType: String) async throws -> HijackedConnection {
        guard begin(.ended) else { throw EngineError(.internal, "the response has begun already") }
        var headers = HTTPHeaders([("Content-Type", contentType)])
        var status = HTTPResponseStatus.ok
        if asksUpgrade {
            headers.add(name: "Connection", value: "Upgrade")
            headers.add(name: "Upgrade", value: "tcp")
            status = .custom(code: 101, reasonPhrase: "UPGRADED")
        }
        let head = HTTPResponseEncoding.head(status: status, headers: headers, length: .none, keepAlive: true)
        let connection = connection
        let channel = channel
        return try await channel.eventLoop.flatSubmit {
            let client = ClientStreamHandler()
            let hijacked = HijackedConnection(channel: channel, client: client)
            guard let left = connection.value.leave(for: client, head: head) else {
                return channel.eventLoop.makeFailedFuture(ChannelError.ioOnClosedChannel)
            }
            return left.map { hijacked }
        }.get()
    }
}
