internal import LinuxSystem
internal import TTRPC

/// Why the supervisor could not do what it was asked for.
enum SupervisorError: Error {
    case invalid(String)
    case notFound(String)
    case exists(String)
    case state(String)
    case outOfRange(String)
    case unavailable(String)
    case system(String)
}

/// The one place where errors become RPC codes.
enum ErrorMapping {
    static func rpcError(_ error: any Error) -> RPCError {
        switch error {
        case let error as RPCError: error
        case let error as SupervisorError: rpcError(error)
        case let error as SystemError: RPCError(.unknown, error.description)
        default: RPCError(.unknown, "\(error)")
        }
    }

    private static func rpcError(_ error: SupervisorError) -> RPCError {
        switch error {
        case .invalid(let message): RPCError(.invalidArgument, message)
        case .notFound(let message): RPCError(.notFound, message)
        case .exists(let message): RPCError(.alreadyExists, message)
        case .state(let message): RPCError(.failedPrecondition, message)
        case .outOfRange(let message): RPCError(.outOfRange, message)
        case .unavailable(let message): RPCError(.unavailable, message)
        case .system(let message): RPCError(.unknown, message)
        }
    }
}
