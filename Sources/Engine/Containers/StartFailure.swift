import ImageStore
import Networking
import TTRPC

/// Why a container did not start, in dockerd's words, with the exit code that it gets.
package struct StartFailure: Equatable, Sendable {
    package let kind: EngineError.Kind
    package let message: String
    package let exitCode: Int

    package init(_ cause: any Error) {
        switch cause {
        case let error as EngineError:
            self.init(error.kind, error.message, 128)
        case let error as SpecError:
            self.init(error.isInvalidRequest ? .invalidParameter : .internal, "\(error)", 126)
        case let error as NetworkingError:
            self.init(
                .internal,
                "failed to set up container networking: driver failed programming external connectivity: \(error)",
                128)
        case let error as RPCError:
            self.init(runtime: error.message)
        default:
            self.init(.internal, "\(cause)", 128)
        }
    }

    private init(_ kind: EngineError.Kind, _ message: String, _ exitCode: Int) {
        self.kind = kind
        self.message = message
        self.exitCode = exitCode
    }

    /// The docker CLI finds its own exit code, 126 or 127, by these words of the message.
    private init(runtime text: String) {
        let message = "failed to create task for container: \(text)"
        if ["executable file not found", "no such file or directory"].contains(where: text.contains) {
            self.init(.invalidParameter, message, 127)
        } else if ["permission denied", "is a directory", "exec format error"].contains(where: text.contains) {
            self.init(.invalidParameter, message, 126)
        } else {
            self.init(.internal, message, 128)
        }
    }
}
