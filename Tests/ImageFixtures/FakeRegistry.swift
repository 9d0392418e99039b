import NIOCore
package import NIOHTTP1
import NIOPosix
import Synchronization

/// An HTTP server on loopback that answers as a test wants.
package final class FakeRegistry: Sendable {
    package struct Request: Sendable {
        package let path: String
        package let headers: HTTPHeaders
    }

    package struct Answer: Sendable {
        package var status: HTTPResponseStatus
        package var headers: HTTPHeaders
        package var body: [UInt8]
        /// How much of the body is sent before the connection ends.
        package var cut: Int?
        /// Whether a connection that was cut stays open.
        package var stalls = false

        package init(
            _ status: HTTPResponseStatus = .ok, headers: HTTPHeaders = HTTPHeaders(), _ body: [UInt8] = [],
            cut: Int? = nil
        ) {
            self.status = status
            self.headers = headers
            self.body = body
            self.cut = cut
        }
    }

    private let channel: any Channel
    private let log: Log

    private final class Log: Sendable {
        let requests = Mutex<[Request]>([])
    }

    package init(answer: @escaping @Sendable (Request) -> Answer) async throws {
        let log = Log()
        self.log = log
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(
                        Handler { request in
                            log.requests.withLock { $0.append(request) }
                            return answer(request)
                        })
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    deinit { channel.close(promise: nil) }

    /// `127.0.0.1` and the port.
    package var host: String { "127.0.0.1:\(channel.localAddress?.port ?? 0)" }

    /// All requests so far.
    package var requests: [Request] { log.requests.withLock { $0 } }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let answer: (Request) -> Answer
        private var head: HTTPRequestHead?

        init(_ answer: @escaping (Request) -> Answer) {
            self.answer = answer
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head): self.head = head
            case .body: break
            case .end:
                guard let head else { return }
                send(answer(Request(path: head.uri, headers: head.headers)), context)
            }
        }

        /// What tries TLS here is to find out at once that there is none.
        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }

        private func send(_ answer: Answer, _ context: ChannelHandlerContext) {
            var headers = answer.headers
            headers.replaceOrAdd(name: "Content-Length", value: "\(answer.body.count)")
            let head = HTTPResponseHead(version: .http1_1, status: answer.status, headers: headers)
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            let body = ByteBuffer(bytes: answer.cut.map { Array(answer.body.prefix($0)) } ?? answer.body)
            let sent = context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(body))))
            if answer.cut == nil {
                context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            } else if !answer.stalls {
                let channel = context.channel
                sent.whenComplete { _ in channel.close(promise: nil) }
            }
        }
    }
}
