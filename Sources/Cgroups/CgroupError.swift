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
    /// systemd could not be asked.
    case systemd(SystemdError)
    /// systemd refused to do something with the container's unit.
    case unit(String, SystemdError)

    package var description: String {
        switch self {
        case .missingController(let field, let controller):
            field.hasPrefix("linux.resources.unified")
                ? "\(field) can't be set: controller \"\(controller)\" not available"
                : "\(field): cannot set \(controller) limit: container could not join or create cgroup: "
                    + "this host has no \(controller) cgroup controller"
        case .invalid(let field, let problem): "\(field): \(problem)"
        case .setting(let field, let cause): "set \(field): \(cause)"
        case .system(let cause): "\(cause)"
        case .busy(let path): "remove cgroup \(path): processes are still in it"
        case .systemd(let cause): "\(cause)"
        case .unit(let doing, let cause): "\(doing): \(cause)"
        }
    }
}
