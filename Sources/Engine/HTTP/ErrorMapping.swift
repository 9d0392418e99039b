import EngineAPI
import FoundationEssentials
import ImageStore
import LinuxSystem
import NIOHTTP1
import Networking
import SupervisorClient

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
        case is CancellationError: EngineError(.unavailable, "context canceled")
        default: EngineError(.internal, "\(error)")
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
