import Glibc

/// The text of errno as Go prints it: lower case.
enum SystemText {
    static var current: String { text(of: errno) }

    static func text(of code: Int32) -> String {
        String(cString: strerror(code)).lowercasingFirst
    }
}

extension String {
    fileprivate var lowercasingFirst: String {
        prefix(1).lowercased() + dropFirst()
    }
}

/// Calls again while a signal interrupts.
func retrying<Result: BinaryInteger>(_ call: () -> Result) -> Result {
    while true {
        let result = call()
        if result == -1 && errno == EINTR { continue }
        return result
    }
}
