internal import SwiftProtobuf

/// A call that arrived on a server's connection.
public struct IncomingCall: Equatable, Sendable {
    /// The stream to answer on.
    public var stream: UInt32
    /// The service's full name, such as `containerd.task.v2.Task`.
    public var service: String
    /// The method's name within its service.
    public var method: String
    /// The request message.
    public var payload: [UInt8]
    /// The time the client gives the call, in nanoseconds; 0 for no deadline.
    public var timeout: Int64
}

/// The server's side of a ttrpc connection as a value: bytes in, calls and answers out, no I/O.
public struct ServerConnectionState: Sendable {
    /// What the owner of the connection has to do.
    public enum Action: Equatable, Sendable {
        case handle(IncomingCall)
        /// Send these bytes: the answer to a malformed request.
        case send([UInt8])
    }

    private var decoder = FrameDecoder()

    /// The state of a connection just accepted.
    public init() {}

    /// Takes received bytes and tells what follows from them.
    public mutating func receive(_ bytes: UnsafeRawBufferPointer) -> [Action] {
        decoder.append(bytes)
        var actions: [Action] = []
        while let element = decoder.next() {
            if let action = action(for: element) { actions.append(action) }
        }
        return actions
    }

    private func action(for element: FrameDecoder.Element) -> Action? {
        switch element {
        case .oversized(let stream, _, let length):
            return refuse(
                stream, .resourceExhausted,
                "message length \(length) exceeds the maximum of \(Frame.maximumPayload) bytes")
        case .frame(let frame) where frame.kind == .request:
            return action(forRequest: frame)
        case .frame:
            // Streams from clients are not part of our services; unknown kinds are a newer peer's.
            return nil
        }
    }

    private func action(forRequest frame: Frame) -> Action {
        guard frame.stream % 2 == 1 else {
            return refuse(frame.stream, .invalidArgument, "stream id must be odd for streams that a client opens")
        }
        guard let request = try? Ttrpc_Request(serializedBytes: frame.payload) else {
            return refuse(frame.stream, .invalidArgument, "malformed request envelope")
        }
        return .handle(
            IncomingCall(
                stream: frame.stream, service: request.service, method: request.method,
                payload: Array(request.payload), timeout: max(0, request.timeoutNano)))
    }

    private func refuse(_ stream: UInt32, _ code: RPCCode, _ message: String) -> Action {
        .send(ServerConnectionState.response(on: stream, .failure(RPCError(code, message))))
    }

    /// The bytes that end `stream` with a message or an error.
    public static func response(on stream: UInt32, _ result: Result<[UInt8], RPCError>) -> [UInt8] {
        var response = Ttrpc_Response()
        switch result {
        case .success(let payload): response.payload = .init(payload)
        case .failure(let error): response.status = status(error)
        }
        let encoded: [UInt8] = (try? response.serializedBytes()) ?? []
        guard encoded.count <= Frame.maximumPayload else {
            return self.response(
                on: stream,
                .failure(RPCError(.resourceExhausted, "answer of \(encoded.count) bytes exceeds the maximum message")))
        }
        var bytes: [UInt8] = []
        Frame(stream: stream, kind: .response, payload: encoded).encode(into: &bytes)
        return bytes
    }

    /// The bytes of one message of a server stream.
    public static func message(on stream: UInt32, _ payload: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        Frame(stream: stream, kind: .data, payload: payload).encode(into: &bytes)
        return bytes
    }

    /// The bytes that end a server stream without an error.
    public static func endOfStream(on stream: UInt32) -> [UInt8] {
        var bytes: [UInt8] = []
        Frame(stream: stream, kind: .data, flags: [.remoteClosed, .noData]).encode(into: &bytes)
        return bytes
    }

    private static func status(_ error: RPCError) -> Google_Rpc_Status {
        var status = Google_Rpc_Status()
        status.code = error.code.rawValue
        status.message = error.message
        return status
    }
}
