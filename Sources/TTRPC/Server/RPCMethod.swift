public import SwiftProtobuf

/// How a server handles one method.
public struct RPCMethod: Sendable {
    /// Sends one message of a server stream; suspends while the client reads too slowly.
    public typealias Writer = @Sendable ([UInt8]) async throws -> Void

    typealias Body = @Sendable ([UInt8]) async throws -> [UInt8]

    enum Handler: Sendable {
        case unary(Body)
        case stream(@Sendable ([UInt8], Writer) async throws -> Void)
    }

    let handler: Handler
    /// Whether the handler's task is cancelled when the client goes away or its deadline passes.
    let isCancellable: Bool

    /// A method that changes something: once begun it runs to its end, whatever becomes of the client. At the client's
    /// deadline it is told so, and the work goes on.
    public static func change<Request: Message, Answer: Message>(
        _ body: @escaping @Sendable (Request) async throws -> Answer
    ) -> RPCMethod {
        RPCMethod(handler: unary(body), isCancellable: false)
    }

    /// A method that only looks or waits: it is cancelled when the client goes away, or at its deadline.
    public static func query<Request: Message, Answer: Message>(
        _ body: @escaping @Sendable (Request) async throws -> Answer
    ) -> RPCMethod {
        RPCMethod(handler: unary(body), isCancellable: true)
    }

    /// A method that answers with a stream of messages until it returns or the client goes away.
    public static func stream<Request: Message, Element: Message>(
        _ body: @escaping @Sendable (Request, @Sendable (Element) async throws -> Void) async throws -> Void
    ) -> RPCMethod {
        let handler: Handler = .stream { payload, write in
            try await body(try decode(payload)) { element in try await write(try element.serializedBytes()) }
        }
        return RPCMethod(handler: handler, isCancellable: true)
    }

    private static func unary<Request: Message, Answer: Message>(
        _ body: @escaping @Sendable (Request) async throws -> Answer
    ) -> Handler {
        .unary { payload in try await body(try decode(payload)).serializedBytes() }
    }

    private static func decode<Request: Message>(_ payload: [UInt8]) throws(RPCError) -> Request {
        do {
            return try Request(serializedBytes: payload)
        } catch {
            throw RPCError(.invalidArgument, "malformed \(Request.protoMessageName)")
        }
    }
}

/// A service by its full name, such as `containerd.task.v2.Task`, with its methods by name.
public struct RPCService: Sendable {
    let name: String
    let methods: [String: RPCMethod]

    /// Makes a service.
    public init(name: String, methods: [String: RPCMethod]) {
        self.name = name
        self.methods = methods
    }
}
