import EngineAPI
import FoundationEssentials
import NIOCore

/// The shim's side of an attachment: introduces the client, then passes on the process's output.
final class ShimStreamHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private struct Greeting: Encodable {
        let exec: String
        let stdin: Bool
        let stdout: Bool
        let stderr: Bool
    }

    private struct Answer: Decodable {
        let error: String?
    }

    private static let longestAnswer = 64 << 10

    private let options: StreamOptions
    private let client: ClientStreamHandler
    private let ready: EventLoopPromise<Void>
    private let ended: EventLoopPromise<Void>
    private var context: ChannelHandlerContext?
    private var answer: ByteBuffer? = ByteBuffer()
    private var frames: FrameStripper?
    private var outputEnded = false
    private var readIsHeldBack = false

    private(set) var isReady = false

    init(
        options: StreamOptions, client: ClientStreamHandler, ready: EventLoopPromise<Void>,
        ended: EventLoopPromise<Void>
    ) {
        self.options = options
        self.client = client
        self.ready = ready
        self.ended = ended
        frames = options.terminal ? FrameStripper() : nil
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func channelActive(context: ChannelHandlerContext) {
        do {
            let greeting = Greeting(
                exec: options.execID, stdin: options.stdin, stdout: options.stdout, stderr: options.stderr)
            var line = ByteBuffer(bytes: try EngineJSON.encode(greeting))
            line.writeInteger(UInt8(ascii: "\n"))
            context.writeAndFlush(wrapOutboundOut(line), promise: nil)
        } catch {
            fail(error)
        }
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        if answer != nil {
            guard readAnswer(&bytes) else { return }
        }
        guard bytes.readableBytes > 0 else { return }
        if let stripped = frames?.strip(bytes) {
            client.write(stripped)
        } else {
            client.write(bytes)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        client.flush()
        context.fireChannelReadComplete()
    }

    func read(context: ChannelHandlerContext) {
        if client.isWritable || !isReady {
            context.read()
        } else {
            readIsHeldBack = true
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { client.readMore() }
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard let event = event as? ChannelEvent, event == .inputClosed else {
            return context.fireUserInboundEventTriggered(event)
        }
        endOutput()
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        if !isReady { ready.fail(EngineError(.internal, "the shim closed the attachment before it answered")) }
        endOutput()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(error)
    }

    /// Reads the shim's one line; true when it was read and agreed.
    private func readAnswer(_ bytes: inout ByteBuffer) -> Bool {
        guard let end = bytes.readableBytesView.firstIndex(of: UInt8(ascii: "\n")) else {
            answer?.writeImmutableBuffer(bytes)
            if (answer?.readableBytes ?? 0) > Self.longestAnswer {
                fail(EngineError(.internal, "the shim's answer is too long"))
            }
            return false
        }
        if let line = bytes.readSlice(length: end - bytes.readerIndex) { answer?.writeImmutableBuffer(line) }
        bytes.moveReaderIndex(forwardBy: 1)
        let text = answer ?? ByteBuffer()
        answer = nil
        do {
            let answer = try EngineJSON.decode(Answer.self, from: Data(text.readableBytesView))
            if let message = answer.error { throw EngineError(.internal, message) }
            isReady = true
            ready.succeed(())
            client.begin()
            return true
        } catch {
            fail(error)
            return false
        }
    }

    private func fail(_ error: any Error) {
        if !isReady { ready.fail(error) }
        context?.close(promise: nil)
    }

    private func endOutput() {
        guard !outputEnded else { return }
        outputEnded = true
        client.flush(then: ended)
    }

    // MARK: From the client's side

    var isWritable: Bool { context?.channel.isWritable ?? false }

    func send(_ bytes: ByteBuffer) {
        guard options.stdin else { return }
        context?.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
    }

    func endInput() {
        guard options.stdin else { return }
        context?.close(mode: .output, promise: nil)
    }

    func clientIsGone() {
        context?.close(promise: nil)
    }

    func readMore() {
        guard readIsHeldBack else { return }
        readIsHeldBack = false
        context?.read()
    }
}
