internal import LinuxSystem
package import TTRPC

/// Why the shim could not do what it was asked for.
package enum ShimError: Error {
    /// The request is wrong.
    case invalid(String)
    case notFound(String)
    case exists(String)
    /// The process is not in a state for this.
    case state(String)
    /// The runtime failed; its own message.
    case runtime(String)
    /// The kernel refused.
    case system(String)
    case unimplemented(String)

    /// The kernel's error as one of ours.
    static func system(_ error: SystemError) -> ShimError { .system(error.description) }

    /// Whether the runtime says that it has no such container.
    var saysMissing: Bool {
        if case .runtime(let message) = self { message.firstRange(of: "does not exist") != nil } else { false }
    }

    /// As it is answered to the caller.
    package var rpcError: RPCError {
        switch self {
        case .invalid(let message): RPCError(.invalidArgument, message)
        // With the words that Go's errors for these codes end in: clients of containerd look for them.
        case .notFound(let message): RPCError(.notFound, "\(message): not found")
        case .exists(let message): RPCError(.alreadyExists, "\(message): already exists")
        case .state(let message): RPCError(.failedPrecondition, "\(message): failed precondition")
        case .runtime(let message): RPCError(.unknown, message)
        case .system(let message): RPCError(.unknown, message)
        case .unimplemented(let message): RPCError(.unimplemented, message)
        }
    }
}
