import NIOCore

/// The client's side of an attachment: its bytes go to the process, the process's output comes back.
final class ClientStreamHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var context: ChannelHandlerContext?
    private weak var shim: ShimStreamHandler?
    private var escape: EscapeKeyFilter?
    private var held: [ByteBuffer] = []
    private var inputEnded = false
    private var readIsHeldBack = false

    func pair(with shim: ShimStreamHandler, detachKeys: [UInt8]) {
        self.shim = shim
        escape = detachKeys.isEmpty ? nil : EscapeKeyFilter(keys: detachKeys)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    // MARK: From the client

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        guard let shim, shim.isReady else {
            held.append(bytes)
            return
        }
        forward(bytes, to: shim)
    }

    func read(context: ChannelHandlerContext) {
        if let shim, shim.isReady, shim.isWritable {
            context.read()
        } else {
            readIsHeldBack = true
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard let event = event as? ChannelEvent, event == .inputClosed else {
            return context.fireUserInboundEventTriggered(event)
        }
        inputEnded = true
        if let shim, shim.isReady { shim.endInput() }
    }

    func channelInactive(context: ChannelHandlerContext) {
        shim?.clientIsGone()
        context.fireChannelInactive()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { shim?.readMore() }
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func forward(_ bytes: ByteBuffer, to shim: ShimStreamHandler) {
        guard escape != nil else { return shim.send(bytes) }
        switch escape?.filter(bytes) {
        case .pass(let bytes): shim.send(bytes)
        case .detach, nil: context?.close(promise: nil)
        }
    }

    // MARK: From the shim's side

    var isWritable: Bool { context?.channel.isWritable ?? false }

    /// The process takes input now.
    func begin() {
        guard let shim else { return }
        let waiting = held
        held = []
        for bytes in waiting { forward(bytes, to: shim) }
        if inputEnded { shim.endInput() }
        readMore()
    }

    func readMore() {
        guard readIsHeldBack else { return }
        readIsHeldBack = false
        context?.read()
    }

    func write(_ bytes: ByteBuffer) {
        context?.write(wrapOutboundOut(bytes), promise: nil)
    }

    /// Flushes what was written and tells when the client has it.
    func flush() {
        context?.flush()
    }

    func flush(then promise: EventLoopPromise<Void>) {
        guard let context else { return promise.succeed(()) }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: promise)
    }
}
