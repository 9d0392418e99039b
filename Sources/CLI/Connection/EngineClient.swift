/// Talks to the engine: agrees on a version with the first request, reuses its connection.
package final class EngineClient {
    package static let newestVersion = "1.51"
    package let host: EngineHost
    private let pinnedVersion: String?
    private var agreedVersion: String?
    private var idle: EngineConnection?

    /// - Parameter pinnedVersion: A version to use without asking, as `DOCKER_API_VERSION` sets it.
    package init(host: EngineHost, pinnedVersion: String? = nil) {
        self.host = host
        self.pinnedVersion = pinnedVersion
    }

    /// The version in use, asking the engine if it was not asked yet.
    package func version() throws(EngineError) -> String {
        if let version = pinnedVersion ?? agreedVersion { return version }
        let ping = EngineRequest("HEAD", "/_ping")
        let response = try exchange(ping)
        let server = response.head.header("api-version") ?? "1.24"
        _ = try response.bytes()
        let version = APIVersion.older(server, Self.newestVersion)
        agreedVersion = version
        return version
    }

    package func supports(_ version: String) throws(EngineError) -> Bool {
        try !APIVersion.isOlder(self.version(), than: version)
    }

    /// Sends a request and waits for a successful head. An error of the engine is thrown with its message.
    package func send(_ request: EngineRequest) throws(EngineError) -> EngineResponse {
        let response = try exchange(try versioned(request))
        guard response.head.status >= 400 else { return response }
        throw .response(status: response.head.status, message: Self.message(try response.bytes(), response.head))
    }

    /// Sends a request on a connection of its own and waits for its head, leaving the body to the caller.
    func open(_ request: EngineRequest) throws(EngineError) -> EngineConnection {
        let target = try versioned(request)
        let connection = try EngineConnection(to: host)
        try connection.send(target)
        let head = try connection.head()
        guard head.status >= 400 else { return connection }
        let response = EngineResponse(head: head, connection: connection) { _ in }
        throw .response(status: head.status, message: Self.message(try response.bytes(), head))
    }

    /// Sends a request whose answer turns the connection into a raw stream.
    package func hijack(_ request: EngineRequest) throws(EngineError) -> HijackedStream {
        var request = request
        request.upgrades = true
        let target = try versioned(request)
        let connection = try EngineConnection(to: host)
        try connection.send(target)
        let head = try connection.head()
        guard head.status < 400 else {
            let response = EngineResponse(head: head, connection: connection) { _ in }
            throw .response(status: head.status, message: Self.message(try response.bytes(), head))
        }
        return HijackedStream(
            socket: connection.socket, early: connection.upgrade(),
            isMultiplexed: head.header("content-type") == "application/vnd.docker.multiplexed-stream")
    }

    /// Sends a request with a streamed body.
    package func upload(
        _ request: EngineRequest, next: () throws(CommandFailure) -> [UInt8]
    ) throws -> EngineResponse {
        let target = try versioned(request)
        let connection = try EngineConnection(to: host)
        try connection.send(target)
        do {
            while case let piece = try next(), !piece.isEmpty {
                let size = Array((String(piece.count, radix: 16) + "\r\n").utf8)
                try connection.socket.send(size + piece + [0x0D, 0x0A])
            }
            try connection.socket.send("0\r\n\r\n".utf8)
        } catch let error as EngineError {
            // The engine may have refused early and said why.
            guard let head = try? connection.head() else { throw error }
            return try succeeded(EngineResponse(head: head, connection: connection) { _ in })
        }
        return try succeeded(EngineResponse(head: try connection.head(), connection: connection) { _ in })
    }

    private func succeeded(_ response: EngineResponse) throws(EngineError) -> EngineResponse {
        guard response.head.status >= 400 else { return response }
        throw .response(status: response.head.status, message: Self.message(try response.bytes(), response.head))
    }

    private func versioned(_ request: EngineRequest) throws(EngineError) -> EngineRequest {
        var request = request
        request.path = "/v\(try version())" + request.path
        return request
    }

    private func takeConnection() throws(EngineError) -> EngineConnection {
        defer { idle = nil }
        if let idle { return idle }
        return try EngineConnection(to: host)
    }

    private func exchange(_ request: EngineRequest) throws(EngineError) -> EngineResponse {
        let connection = try takeConnection()
        do {
            return try exchange(request, over: connection)
        } catch .broken where connection.isReused && !connection.hasAnswered {
            // The server closed the idle connection before it saw the request.
            return try exchange(request, over: try EngineConnection(to: host))
        }
    }

    private func exchange(
        _ request: EngineRequest, over connection: EngineConnection
    ) throws(EngineError) -> EngineResponse {
        try connection.send(request)
        let head = try connection.head()
        return EngineResponse(head: head, connection: connection) { [weak self] connection in
            guard head.header("connection")?.lowercased() != "close" else { return }
            connection.markReused()
            self?.idle = connection
        }
    }

    private static func message(_ bytes: [UInt8], _ head: HTTPResponseHead) -> String {
        if let document = try? JSONParser.parse(bytes), let message = document["message"].stringValue {
            return String(message.trimmed)
        }
        let text = String(String(decoding: bytes, as: UTF8.self).trimmed)
        return text.isEmpty ? "request returned status \(head.status)" : text
    }
}
