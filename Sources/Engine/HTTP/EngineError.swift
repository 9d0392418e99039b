/// A failure that a client of the API is told, in Docker's words.
package struct EngineError: Error, Equatable, CustomStringConvertible {
    package enum Kind: Sendable {
        case invalidParameter
        case unauthorized
        case forbidden
        case notFound
        case conflict
        case notModified
        case notImplemented
        case unavailable
        case `internal`
    }

    package let kind: Kind
    package let message: String

    package init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    package var description: String { message }
}
