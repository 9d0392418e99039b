import Glibc

/// A system call that failed: what was tried, on what, and the kernel's reason.
public struct SystemError: Error, Equatable, CustomStringConvertible, Sendable {
    /// What was tried, as `open` or `mount proc`.
    public var operation: String
    /// The file or object it was tried on.
    public var path: String?
    /// The error number, see errno(3).
    public var errno: Int32

    /// Memberwise.
    public init(operation: String, path: String? = nil, errno: Int32) {
        self.operation = operation
        self.path = path
        self.errno = errno
    }

    /// `operation path: reason`.
    public var description: String {
        let reason = Self.text(of: errno)
        guard let path else { return "\(operation): \(reason)" }
        return "\(operation) \(path): \(reason)"
    }

    /// The kernel's reason in words, in lower case as Go programs print it.
    public static func text(of errno: Int32) -> String {
        guard let text = strerror(errno) else { return "error \(errno)" }
        let words = String(cString: text)
        // Only a first word that is no acronym loses its capital (`I/O error` keeps it).
        guard let first = words.first, words.dropFirst().first?.isLowercase == true else { return words }
        return first.lowercased() + words.dropFirst()
    }
}
