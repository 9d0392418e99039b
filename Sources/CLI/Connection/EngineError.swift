/// Why a request to the engine failed.
package enum EngineError: Error, Equatable, CustomStringConvertible {
    /// Nothing listens there, or it may not be used.
    case unreachable(EngineHost, reason: String)
    /// The engine answered with an error.
    case response(status: Int, message: String)
    /// The connection broke, or what came over it was not HTTP or JSON.
    case broken(String)

    package var description: String {
        switch self {
        case .unreachable(let host, "connection refused"), .unreachable(let host, "no such file or directory"):
            "Cannot connect to the Skiff daemon at \(host). Is the skiff daemon running?"
        case .unreachable(let host, let reason):
            "\(reason) while trying to connect to the Skiff daemon at \(host)"
        case .response(_, let message): "Error response from daemon: \(message)"
        case .broken(let reason): "error during connect: \(reason)"
        }
    }

    package var isNotFound: Bool {
        if case .response(404, _) = self { true } else { false }
    }
}
