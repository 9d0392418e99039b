import TTRPC
import Testing

@Suite struct ConnectionStateTests {
    private func receive(_ bytes: [UInt8], _ server: inout ServerConnectionState) -> [ServerConnectionState.Action] {
        bytes.withUnsafeBytes { server.receive($0) }
    }

    private func receive(_ bytes: [UInt8], _ client: inout ClientConnectionState) -> [ClientConnectionState.Action] {
        bytes.withUnsafeBytes { client.receive($0) }
    }

    @Test func `A call reaches the server and its answer the client`() throws {
        var client = ClientConnectionState()
        var server = ServerConnectionState()
        let (stream, bytes) = try client.open(
            service: "s", method: "m", payload: [1, 2], timeout: 5, streaming: false)
        let call = IncomingCallProbe(receive(bytes, &server))
        #expect(call.stream == stream)
        #expect(call.text == "s/m [1, 2] 5")
        let answer = ServerConnectionState.response(on: stream, .success([3]))
        #expect(receive(answer, &client) == [.finish(stream: stream, .success([3]))])
    }

    @Test func `Streams that a client opens are odd and grow`() throws {
        var client = ClientConnectionState()
        let streams = try (0..<3).map { _ in
            try client.open(service: "", method: "", payload: [], timeout: 0, streaming: false).stream
        }
        #expect(streams == [1, 3, 5])
    }

    @Test func `An error keeps its code and message`() {
        var client = ClientConnectionState()
        let error = RPCError(.notFound, "container x is not known")
        let bytes = ServerConnectionState.response(on: 1, .failure(error))
        #expect(receive(bytes, &client) == [.finish(stream: 1, .failure(error))])
    }

    @Test func `A server stream ends after its messages`() {
        var client = ClientConnectionState()
        let bytes = ServerConnectionState.message(on: 1, [7]) + ServerConnectionState.endOfStream(on: 1)
        #expect(receive(bytes, &client) == [.message(stream: 1, [7]), .end(stream: 1)])
    }

    @Test func `Malformed requests are answered, not fatal`() {
        var server = ServerConnectionState()
        var bytes: [UInt8] = []
        Frame(stream: 2, kind: .request).encode(into: &bytes)
        Frame(stream: 1, kind: .request, payload: [0xFF, 0xFF, 0xFF]).encode(into: &bytes)
        Frame(stream: 9, kind: .init(rawValue: 77), payload: [1]).encode(into: &bytes)
        let actions = receive(bytes, &server)
        #expect(actions.count == 2)
        for action in actions {
            guard case .send(let answer) = action else {
                Issue.record("a malformed request was handed on")
                continue
            }
            var client = ClientConnectionState()
            guard case .finish(_, .failure(let error))? = receive(answer, &client).first else {
                Issue.record("no error was answered")
                continue
            }
            #expect(error.code == .invalidArgument)
        }
    }

    @Test func `Random bytes never break the states`() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            var server = ServerConnectionState()
            var client = ClientConnectionState()
            var bytes = (0..<300).map { _ in UInt8.random(in: 0...255, using: &generator) }
            bytes[0] = 0
            bytes[1] = 0
            bytes[2] = 0
            _ = receive(bytes, &server)
            _ = receive(bytes, &client)
        }
    }
}

/// The first call among a server's actions, as text.
private struct IncomingCallProbe {
    var stream: UInt32 = 0
    var text = ""

    init(_ actions: [ServerConnectionState.Action]) {
        guard case .handle(let call)? = actions.first else { return }
        stream = call.stream
        text = "\(call.service)/\(call.method) \(call.payload) \(call.timeout)"
    }
}
