internal import SwiftProtobuf

/// The client's side of a ttrpc connection as a value: calls in, bytes out; bytes in, answers out; no I/O.
public struct ClientConnectionState: Sendable {
    /// What arrived for a call.
    public enum Action: Equatable, Sendable {
        /// The call ended with its answer.
        case finish(stream: UInt32, Result<[UInt8], RPCError>)
        /// One message of a server stream.
        case message(stream: UInt32, [UInt8])
        /// A server stream ended without an error.
        case end(stream: UInt32)
    }

    private var decoder = FrameDecoder()
    private var nextStream: UInt32 = 1

    /// The state of a connection just made.
    public init() {}

    /// Opens a stream for a call; `bytes` are to be sent.
    public mutating func open(
        service: String, method: String, payload: [UInt8], timeout: Int64, streaming: Bool
    ) throws(RPCError) -> (stream: UInt32, bytes: [UInt8]) {
        var request = Ttrpc_Request()
        request.service = service
        request.method = method
        request.payload = .init(payload)
        request.timeoutNano = timeout
        guard let encoded: [UInt8] = try? request.serializedBytes() else {
            throw RPCError(.internal, "cannot encode the request envelope")
        }
        guard encoded.count <= Frame.maximumPayload else {
            throw RPCError(
                .resourceExhausted,
                "request of \(encoded.count) bytes exceeds the maximum of \(Frame.maximumPayload) bytes")
        }
        guard nextStream < UInt32.max - 1 else {
            throw RPCError(.unavailable, "connection has used up its stream ids")
        }
        let stream = nextStream
        nextStream += 2
        var bytes: [UInt8] = []
        Frame(stream: stream, kind: .request, flags: streaming ? .remoteClosed : [], payload: encoded)
            .encode(into: &bytes)
        return (stream, bytes)
    }

    /// Takes received bytes and tells what follows from them.
    public mutating func receive(_ bytes: UnsafeRawBufferPointer) -> [Action] {
        decoder.append(bytes)
        var actions: [Action] = []
        while let element = decoder.next() {
            switch element {
            case .oversized(let stream, _, let length):
                let error = RPCError(.resourceExhausted, "answer of \(length) bytes exceeds the maximum message")
                actions.append(.finish(stream: stream, .failure(error)))
            case .frame(let frame):
                actions += self.actions(for: frame)
            }
        }
        return actions
    }

    private func actions(for frame: Frame) -> [Action] {
        switch frame.kind {
        case .response:
            return [.finish(stream: frame.stream, ClientConnectionState.result(of: frame.payload))]
        case .data:
            var actions: [Action] = []
            if !frame.flags.contains(.noData) { actions.append(.message(stream: frame.stream, frame.payload)) }
            if frame.flags.contains(.remoteClosed) { actions.append(.end(stream: frame.stream)) }
            return actions
        default:
            return []
        }
    }

    private static func result(of payload: [UInt8]) -> Result<[UInt8], RPCError> {
        guard let response = try? Ttrpc_Response(serializedBytes: payload) else {
            return .failure(RPCError(.internal, "malformed response envelope"))
        }
        guard response.hasStatus, response.status.code != 0 else { return .success(Array(response.payload)) }
        let code = RPCCode(rawValue: response.status.code) ?? .unknown
        return .failure(RPCError(code, response.status.message))
    }
}
