/// The canonical status codes of gRPC and ttrpc (google.rpc.Code).
public enum RPCCode: Int32, Sendable, CaseIterable {
    case ok = 0
    case cancelled = 1
    case unknown = 2
    case invalidArgument = 3
    case deadlineExceeded = 4
    case notFound = 5
    case alreadyExists = 6
    case permissionDenied = 7
    case resourceExhausted = 8
    case failedPrecondition = 9
    case aborted = 10
    case outOfRange = 11
    case unimplemented = 12
    case `internal` = 13
    case unavailable = 14
    case dataLoss = 15
    case unauthenticated = 16
}

/// A call's failure, as the server answered it or as the client found it.
public struct RPCError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The status code, as gRPC numbers them.
    public var code: RPCCode
    /// What happened, in lower case and without a full stop.
    public var message: String

    /// Makes an error.
    public init(_ code: RPCCode, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The message alone, for logs and users.
    public var description: String { message }
}
