enum PullPolicy {
    static func verify(_ text: String) throws(CommandFailure) {
        guard ["always", "missing", "never"].contains(text) else {
            throw CommandFailure(
                "invalid pull option: '\(text)': must be one of \"always\", \"missing\" or \"never\"")
        }
    }
}
