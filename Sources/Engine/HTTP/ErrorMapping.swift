import EngineAPI
import FoundationEssentials
import ImageStore
import NIOHTTP1
import TTRPC

/// The one place where errors become HTTP statuses.
enum ErrorMapping {
    static func status(of kind: EngineError.Kind) -> HTTPResponseStatus {
        switch kind {
        case .invalidParameter: .badRequest
        case .unauthorized: .unauthorized
        case .forbidden: .forbidden
        case .notFound: .notFound
        case .conflict: .conflict
        case .notModified: .notModified
        case .notImplemented: .notImplemented
        case .unavailable: .serviceUnavailable
        case .internal: .internalServerError
        }
    }

    /// What a client is told about any error that reached the API.
    static func engineError(for error: any Error) -> EngineError {
        switch error {
        case let error as EngineError: error
        case let error as DecodingError: EngineError(.invalidParameter, describe(error))
        case let error as ImageStoreError: EngineError(kind(of: error.kind), "\(error)")
        case let error as SpecError: EngineError(error.isInvalidRequest ? .invalidParameter : .internal, "\(error)")
        case let error as RPCError: EngineError(kind(of: error.code), error.message)
        case is CancellationError: EngineError(.unavailable, "context canceled")
        default: EngineError(.internal, "\(error)")
        }
    }

    private static func kind(of kind: ImageStoreError.Kind) -> EngineError.Kind {
        switch kind {
        // A registry that denies does not say whether the repository exists; dockerd answers that it does not.
        case .notFound, .denied: .notFound
        case .conflict: .conflict
        case .invalid: .invalidParameter
        case .unavailable, .system: .internal
        }
    }

    private static func kind(of code: RPCCode) -> EngineError.Kind {
        switch code {
        case .notFound: .notFound
        case .alreadyExists, .failedPrecondition: .conflict
        case .invalidArgument: .invalidParameter
        case .unavailable: .unavailable
        default: .internal
        }
    }

    private static func describe(_ error: DecodingError) -> String {
        switch error {
        case .typeMismatch(let type, let context):
            "invalid JSON: cannot read \(path(context.codingPath)) as \(type)"
        case .valueNotFound(_, let context):
            "invalid JSON: no value for \(path(context.codingPath))"
        case .keyNotFound(let key, _):
            "invalid JSON: missing key \(key.stringValue)"
        case .dataCorrupted(let context):
            "invalid JSON: \(context.debugDescription)"
        @unknown default:
            "invalid JSON"
        }
    }

    private static func path(_ keys: [any CodingKey]) -> String {
        keys.isEmpty ? "the body" : keys.map(\.stringValue).joined(separator: ".")
    }
}
