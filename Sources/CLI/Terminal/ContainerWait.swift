/// How a container ended, as the engine's wait call tells it.
package struct WaitedExit: Equatable, Sendable {
    package let status: Int32
    package let message: String

    package init(document: JSONValue) {
        status = Int32(truncatingIfNeeded: document["StatusCode"].integer)
        message = document["Error"]["Message"].text
    }
}

/// A wait call under way on a connection of its own. The engine answers its head when it has begun to wait.
final class ContainerWait {
    private let connection: EngineConnection
    private var body: [UInt8] = []

    init(_ engine: EngineClient, container: String, condition: String) throws(EngineError) {
        let query = condition.isEmpty ? [] : [("condition", condition)]
        connection = try engine.open(
            EngineRequest("POST", "/containers/\(PercentEncoding.path(container))/wait", query: query))
    }

    var descriptor: Int32 { connection.socket.rawValue }

    /// The exit, if it came together with the head.
    func buffered() throws -> WaitedExit? {
        let (pieces, ended) = connection.buffered()
        body += pieces
        return ended ? try parsed() : nil
    }

    /// The exit, if it is known after reading what is there.
    func available() throws -> WaitedExit? {
        let (pieces, ended) = try connection.available()
        body += pieces
        return ended ? try parsed() : nil
    }

    /// Waits for the exit.
    func result() throws -> WaitedExit {
        while let piece = try connection.body() {
            body += piece
        }
        return try parsed()
    }

    private func parsed() throws -> WaitedExit {
        WaitedExit(document: try JSONParser.parse(body))
    }
}
