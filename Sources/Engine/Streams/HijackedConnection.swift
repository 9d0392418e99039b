import NIOCore
import NIOPosix

/// A client's connection after HTTP has left it: its input is held back until it is connected to a process.
struct HijackedConnection: Sendable {
    let channel: any Channel
    private let client: NIOLoopBound<ClientStreamHandler>

    init(channel: any Channel, client: ClientStreamHandler) {
        self.channel = channel
        self.client = NIOLoopBound(client, eventLoop: channel.eventLoop)
    }

    /// Writes bytes to the client, waiting until it has taken them.
    func write(_ bytes: ByteBuffer) async throws {
        guard bytes.readableBytes > 0 else { return }
        try await channel.writeAndFlush(bytes)
    }

    /// Tells the client a line in the process's place: as standard output, framed unless there is a terminal.
    func tell(_ message: String, terminal: Bool) async throws {
        let line = message + "\r\n"
        var bytes = ByteBuffer()
        if !terminal {
            bytes.writeBytes([1, 0, 0, 0])
            bytes.writeInteger(UInt32(line.utf8.count))
        }
        bytes.writeString(line)
        try await write(bytes)
    }

    /// Connects the client to a process's streams at its shim. Returns when the shim has agreed, so that
    /// a process started afterwards loses no byte.
    func connect(to socketPath: String, options: StreamOptions) async throws -> StreamRelay {
        let eventLoop = channel.eventLoop
        let client = client
        let ready = eventLoop.makePromise(of: Void.self)
        let ended = eventLoop.makePromise(of: Void.self)
        let clientChannel = channel
        do {
            let shim = try await ClientBootstrap(group: eventLoop)
                .channelOption(.allowRemoteHalfClosure, value: true)
                .connectTimeout(.seconds(10))
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let handler = ShimStreamHandler(
                            options: options, client: client.value, ready: ready, ended: ended)
                        client.value.pair(with: handler, detachKeys: options.detachKeys)
                        try channel.pipeline.syncOperations.addHandler(handler)
                    }
                }
                .connect(unixDomainSocketPath: socketPath).get()
            clientChannel.closeFuture.whenComplete { _ in shim.close(promise: nil) }
            try await ready.futureResult.get()
            return StreamRelay(client: clientChannel, shim: shim, ended: ended.futureResult)
        } catch {
            ready.fail(error)
            ended.succeed(())
            throw error
        }
    }

    func close() {
        channel.close(promise: nil)
    }
}

/// How a client takes part in a process's streams.
struct StreamOptions: Sendable {
    var execID = ""
    var stdin = false
    var stdout = true
    var stderr = true
    /// The process has a terminal: the client gets its bytes without frames.
    var terminal = false
    /// The bytes that end the attachment when they come in a row; empty for none.
    var detachKeys: [UInt8] = []
}

/// A client connected to a process.
struct StreamRelay: Sendable {
    let client: any Channel
    let shim: any Channel
    fileprivate let ended: EventLoopFuture<Void>

    init(client: any Channel, shim: any Channel, ended: EventLoopFuture<Void>) {
        self.client = client
        self.shim = shim
        self.ended = ended
    }

    /// Returns when all output was passed on, or one of the two sides went away.
    func waitForEnd() async {
        do {
            try await ended.get()
        } catch {
            // Either side may break off; both ends are closed by then.
            return
        }
    }
}
