/// A container's terminal needs one on our side too, if we are to type into it.
enum TerminalCheck {
    static let message = "the input device is not a TTY"

    static func verify(_ console: Console, takesInput: Bool, hasTerminal: Bool) throws(CommandFailure) {
        if takesInput, hasTerminal, !console.isInputTerminal { throw CommandFailure(message) }
    }
}
