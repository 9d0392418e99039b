package import LinuxSystem

/// Why a container's cgroup could not be made, set or read.
package enum CgroupError: Error, CustomStringConvertible, Equatable {
    /// The specification asks for a limit whose controller the host has not mounted or enabled.
    case missingController(field: String, controller: String)
    /// A value that the specification must not have.
    case invalid(field: String, problem: String)
    /// The kernel refused a setting.
    case setting(field: String, cause: SystemError)
    /// Another call failed.
    case system(SystemError)
    /// The processes did not end in time.
    case busy(path: String)

    package var description: String {
        switch self {
        case .missingController(let field, let controller):
            "\(field) cannot be set: this host has no \(controller) cgroup controller"
        case .invalid(let field, let problem): "\(field): \(problem)"
        case .setting(let field, let cause): "set \(field): \(cause)"
        case .system(let cause): "\(cause)"
        case .busy(let path): "remove cgroup \(path): processes are still in it"
        }
    }
}
