package import LinuxSystem

/// Why a system call filter could not be made or installed.
package enum SeccompError: Error, Equatable, CustomStringConvertible {
    /// The specification has a value that is unknown or that this runtime does not do.
    case invalid(field: String, problem: String)
    /// The library refused; the number is an errno.
    case library(field: String, errno: Int32)
    case system(SystemError)

    package var description: String {
        switch self {
        case .invalid(let field, let problem): "\(field): \(problem)"
        case .library(let field, let errno): "\(field): libseccomp: \(SystemError.text(of: errno))"
        case .system(let error): "seccomp: \(error)"
        }
    }
}
