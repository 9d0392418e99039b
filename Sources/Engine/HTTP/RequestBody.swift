package import NIOCore

/// The bytes of a request's body as they arrive; the client is held back while nobody reads them.
package struct RequestBody: AsyncSequence, Sendable {
    package typealias Element = ByteBuffer
    typealias Strategy = NIOAsyncSequenceProducerBackPressureStrategies.HighLowWatermark
    typealias Producer = NIOThrowingAsyncSequenceProducer<ByteBuffer, any Error, Strategy, RequestBodyDemand>

    private let sequence: Producer?

    init(_ sequence: Producer) {
        self.sequence = sequence
    }

    /// A body without content.
    package init() {
        sequence = nil
    }

    package struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let base: Producer.AsyncIterator?

        package mutating func next() async throws -> ByteBuffer? {
            try await base?.next()
        }
    }

    package func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(base: sequence?.makeAsyncIterator())
    }

    /// The whole body, refused when it is longer than a limit.
    package func collect(upTo limit: Int) async throws -> ByteBuffer {
        var all = ByteBuffer()
        for try await part in self {
            guard all.readableBytes + part.readableBytes <= limit else {
                throw EngineError(.invalidParameter, "request body is larger than \(limit) bytes")
            }
            if all.readableBytes == 0 {
                all = part
            } else {
                all.writeImmutableBuffer(part)
            }
        }
        return all
    }
}

/// Tells a connection when the reader of a body wants more.
final class RequestBodyDemand: NIOAsyncSequenceProducerDelegate {
    private let eventLoop: any EventLoop
    private let handler: NIOLoopBound<HTTPConnectionHandler>

    init(eventLoop: any EventLoop, handler: HTTPConnectionHandler) {
        self.eventLoop = eventLoop
        self.handler = NIOLoopBound(handler, eventLoop: eventLoop)
    }

    func produceMore() {
        let handler = handler
        eventLoop.execute { handler.value.bodyWantsMore() }
    }

    func didTerminate() {
        let handler = handler
        eventLoop.execute { handler.value.bodyWantsMore() }
    }
}
