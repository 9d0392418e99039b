import NIOCore
import NIOHTTP1

/// One client connection: takes requests one after the other, hands each to the service with a body that streams,
/// and leaves the pipeline when a request turns the connection into a raw stream.
final class HTTPConnectionHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// A request being answered.
    private struct Exchange {
        var source: RequestBody.Producer.Source
        var bodyEnded = false
        var work: Task<Void, Never>?
        var endsWithClient: Bool
    }

    private static let queueLimit = 64

    private let service: any HTTPService
    private var context: ChannelHandlerContext?
    private var exchange: Exchange?
    private var queued: [HTTPServerRequestPart] = []
    private var bodyIsFull = false
    private var readIsHeldBack = false
    private var hijacked = false

    init(service: any HTTPService) {
        self.service = service
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    // MARK: From the client

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        if let exchange, exchange.bodyEnded {
            queued.append(part)
        } else {
            take(part, context: context)
        }
    }

    func read(context: ChannelHandlerContext) {
        if bodyIsFull || queued.count >= Self.queueLimit {
            readIsHeldBack = true
        } else {
            context.read()
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard let event = event as? ChannelEvent, event == .inputClosed else {
            return context.fireUserInboundEventTriggered(event)
        }
        guard !hijacked else { return context.fireUserInboundEventTriggered(event) }
        clientIsGone()
        if exchange == nil { context.close(promise: nil) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        clientIsGone()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard error is HTTPParserError, exchange == nil else {
            clientIsGone()
            return context.close(promise: nil)
        }
        var headers = service.commonHeaders
        headers.add(name: "Content-Type", value: "text/plain; charset=utf-8")
        let head = HTTPResponseEncoding.head(
            status: .badRequest, headers: headers, length: .fixed(15), keepAlive: false)
        context.write(wrapOutboundOut(head), promise: nil)
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: "400 Bad Request"))).assumeIsolated().whenComplete {
            _ in context.close(promise: nil)
        }
    }

    private func clientIsGone() {
        guard let exchange else { return }
        if !exchange.bodyEnded {
            exchange.source.finish(EngineError(.invalidParameter, "unexpected EOF"))
        }
        if exchange.endsWithClient { exchange.work?.cancel() }
    }

    private func take(_ part: HTTPServerRequestPart, context: ChannelHandlerContext) {
        switch part {
        case .head(let head):
            begin(head, context: context)
        case .body(let bytes):
            guard let exchange else { return }
            if case .stopProducing = exchange.source.yield(contentsOf: CollectionOfOne(bytes)) { bodyIsFull = true }
        case .end:
            exchange?.bodyEnded = true
            exchange?.source.finish()
            bodyIsFull = false
        }
    }

    private func begin(_ head: HTTPRequestHead, context: ChannelHandlerContext) {
        let body = NIOThrowingAsyncSequenceProducer.makeSequence(
            elementType: ByteBuffer.self, failureType: (any Error).self,
            backPressureStrategy: RequestBody.Strategy(lowWatermark: 2, highWatermark: 8), finishOnDeinit: true,
            delegate: RequestBodyDemand(eventLoop: context.eventLoop, handler: self))
        if head.headers.first(name: "Expect")?.lowercased() == "100-continue" {
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n")), promise: nil)
        }
        let work = service.work(for: head, body: RequestBody(body.sequence))
        let responder = HTTPResponder(
            channel: context.channel, connection: self, head: head, commonHeaders: service.commonHeaders)
        exchange = Exchange(source: body.source, endsWithClient: work.endsWithClient)
        // The entry point of a request: the connection owns the task and ends it with the client.
        exchange?.work = Task { await work.run(responder) }
    }

    // MARK: From the service

    func bodyWantsMore() {
        bodyIsFull = false
        releaseRead()
    }

    private func releaseRead() {
        guard readIsHeldBack else { return }
        readIsHeldBack = false
        context?.read()
    }

    /// The response is written; the next request may be answered.
    func responseEnded(keepAlive: Bool) {
        guard let context, let ended = exchange else { return }
        exchange = nil
        guard keepAlive, ended.bodyEnded else {
            return context.close(promise: nil)
        }
        while !queued.isEmpty, exchange?.bodyEnded != true {
            take(queued.removeFirst(), context: context)
        }
        releaseRead()
    }

    /// Takes HTTP off the connection: bytes that follow go to the handler that is added in its place.
    func leave(for handler: some ChannelHandler, head: ByteBuffer) -> EventLoopFuture<Void>? {
        guard let context else { return nil }
        hijacked = true
        exchange = nil
        let pipeline = context.pipeline.syncOperations
        do {
            try pipeline.addHandler(handler)
            let decoder = try pipeline.context(handlerType: ByteToMessageHandler<HTTPRequestDecoder>.self)
            context.writeAndFlush(wrapOutboundOut(head), promise: nil)
            // Both are removed in this order, so that bytes behind the request reach the new handler.
            let own = pipeline.removeHandler(context: context)
            return own.and(pipeline.removeHandler(context: decoder)).map { _ in }
        } catch {
            return context.eventLoop.makeFailedFuture(error)
        }
    }
}
