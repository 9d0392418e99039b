/// An error that ends a command: what stderr gets, word for word, and the exit code.
package struct CommandFailure: Error, Equatable {
    /// Nil where everything is said already.
    package let message: String?
    package let status: Int32

    package init(_ message: String?, status: Int32 = 1) {
        self.message = message
        self.status = status
    }

    package static func silent(_ status: Int32) -> CommandFailure {
        CommandFailure(nil, status: status)
    }

    /// Any error as the failure it makes of a command.
    package init(_ error: any Error) {
        switch error {
        case let failure as CommandFailure: self = failure
        default: self.init(String(describing: error))
        }
    }
}
