/// Where the engine listens: `unix:///path` or `tcp://host:port`.
package enum EngineHost: Equatable, Sendable, CustomStringConvertible {
    case unix(path: String)
    case tcp(host: String, port: UInt16)

    package static let standard = EngineHost.unix(path: "/run/skiff/skiff.sock")

    package init(parsing text: String) throws(CommandFailure) {
        let trimmed = String(text.trimmed)
        guard let colon = trimmed.range(ofScheme: "://") else {
            self = try Self.tcp(parsing: trimmed, in: text)
            return
        }
        let rest = String(trimmed[colon.upperBound...])
        switch trimmed[..<colon.lowerBound] {
        case "unix" where rest.hasPrefix("/"):
            self = .unix(path: rest)
        case "tcp", "http":
            self = try Self.tcp(parsing: rest, in: text)
        case let scheme:
            throw CommandFailure(
                "unsupported scheme \"\(scheme)\" in daemon address \"\(text)\": use unix:///path or tcp://host:port")
        }
    }

    private static func tcp(parsing rest: String, in text: String) throws(CommandFailure) -> EngineHost {
        let authority = rest.prefix { $0 != "/" }
        let colon = authority.last == "]" ? nil : authority.lastIndex(of: ":")
        let name = authority[..<(colon ?? authority.endIndex)]
        let port = colon.map { UInt16(authority[authority.index(after: $0)...]) } ?? 2375
        guard let port else { throw CommandFailure("invalid port in daemon address \"\(text)\"") }
        let isBracketed = name.hasPrefix("[") && name.hasSuffix("]")
        let host = isBracketed ? name.dropFirst().dropLast() : name
        return .tcp(host: host.isEmpty ? "127.0.0.1" : String(host), port: port)
    }

    package var description: String {
        switch self {
        case .unix(let path): "unix://\(path)"
        case .tcp(let host, let port): "tcp://\(host.contains(":") ? "[\(host)]" : host):\(port)"
        }
    }

    /// The value of the `Host` header.
    var headerValue: String {
        switch self {
        case .unix: "api.skiff.localhost"
        case .tcp(let host, let port): "\(host.contains(":") ? "[\(host)]" : host):\(port)"
        }
    }
}

extension String {
    fileprivate func range(ofScheme separator: String) -> Range<String.Index>? {
        var index = startIndex
        while index < endIndex {
            if self[index...].hasPrefix(separator) {
                return index..<self.index(index, offsetBy: separator.count)
            }
            index = self.index(after: index)
        }
        return nil
    }
}
