/// A response whose head has arrived; its body is read when asked for.
package final class EngineResponse {
    package let head: HTTPResponseHead
    let connection: EngineConnection
    private let recycle: (EngineConnection) -> Void

    init(head: HTTPResponseHead, connection: EngineConnection, recycle: @escaping (EngineConnection) -> Void) {
        self.head = head
        self.connection = connection
        self.recycle = recycle
    }

    /// The next piece of the body as it arrives; nil at its end, when the connection is free again.
    package func next() throws(EngineError) -> [UInt8]? {
        let piece = try connection.body()
        if piece == nil { recycle(connection) }
        return piece
    }

    /// The whole body.
    @discardableResult
    package func bytes() throws(EngineError) -> [UInt8] {
        var bytes: [UInt8] = []
        while let piece = try next() {
            bytes += piece
        }
        return bytes
    }

    /// The whole body as a JSON document.
    package func json() throws(EngineError) -> JSONValue {
        let bytes = try bytes()
        do {
            return try JSONParser.parse(bytes)
        } catch {
            throw .broken("the daemon's answer: \(error)")
        }
    }

    /// Hands each document of a JSON stream to `body` as it arrives, until `body` answers false.
    package func documents(_ body: (JSONValue) throws -> Bool) throws {
        var splitter = JSONStreamSplitter()
        while let piece = try next() {
            for document in try splitter.feed(piece) where try !body(document) { return }
        }
    }
}
