/// Where the API is served, as `-H` names it.
package enum ListenAddress: Equatable, Sendable {
    case unix(path: String, groupID: UInt32?)
    case tcp(host: String, port: Int)

    package init(parsing text: String) throws(EngineError) {
        if let path = text.droppingPrefix("unix://") {
            guard path.hasPrefix("/") else {
                throw EngineError(.invalidParameter, "invalid bind address (\(text)): use unix:///absolute/path")
            }
            self = .unix(path: path, groupID: nil)
        } else if let rest = text.droppingPrefix("tcp://") {
            guard let colon = rest.lastIndex(of: ":"), let port = Int(rest[rest.index(after: colon)...]),
                (1...65535).contains(port)
            else {
                throw EngineError(.invalidParameter, "invalid bind address (\(text)): use tcp://host:port")
            }
            let host = rest[..<colon].trimming(while: { $0 == "[" || $0 == "]" })
            self = .tcp(host: host.isEmpty ? "127.0.0.1" : host, port: port)
        } else {
            throw EngineError(
                .invalidParameter, "invalid bind address (\(text)): use unix:///path or tcp://host:port")
        }
    }
}

extension String {
    func droppingPrefix(_ prefix: String) -> String? {
        hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
    }
}

extension StringProtocol {
    func trimming(while drop: (Character) -> Bool) -> String {
        var text = self[...]
        while let first = text.first, drop(first) { text = text.dropFirst() }
        while let last = text.last, drop(last) { text = text.dropLast() }
        return String(text)
    }
}
