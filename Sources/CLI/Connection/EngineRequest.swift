/// A request before it is sent.
package struct EngineRequest {
    package enum Body {
        case none
        case json(JSONValue)
        /// Streamed after the head, in chunks.
        case stream(contentType: String)
    }

    package var method: String
    package var path: String
    package var query: [(String, String)]
    package var headers: [(String, String)]
    package var body: Body
    /// Asks for the connection to become a raw stream.
    package var upgrades: Bool

    package init(
        _ method: String, _ path: String, query: [(String, String)] = [], headers: [(String, String)] = [],
        body: Body = .none, upgrades: Bool = false
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
        self.upgrades = upgrades
    }

    package var target: String {
        guard !query.isEmpty else { return path }
        return path + "?"
            + query.map { "\(PercentEncoding.query($0.0))=\(PercentEncoding.query($0.1))" }
            .joined(separator: "&")
    }

    func encoded(for host: EngineHost) -> [UInt8] {
        var head =
            "\(method) \(target) HTTP/1.1\r\nHost: \(host.headerValue)\r\nUser-Agent: \(SkiffVersion.userAgent)\r\n"
        for (name, value) in headers {
            head += "\(name): \(value)\r\n"
        }
        if upgrades { head += "Connection: Upgrade\r\nUpgrade: tcp\r\n" }
        var content: [UInt8] = []
        switch body {
        case .none:
            if method == "POST" || method == "PUT" { head += "Content-Length: 0\r\n" }
        case .json(let document):
            content = document.encodedBytes
            head += "Content-Type: application/json\r\nContent-Length: \(content.count)\r\n"
        case .stream(let contentType):
            head += "Content-Type: \(contentType)\r\nTransfer-Encoding: chunked\r\n"
        }
        return Array((head + "\r\n").utf8) + content
    }
}
