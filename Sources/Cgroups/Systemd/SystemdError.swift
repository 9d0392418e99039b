package import LinuxSystem

/// Why systemd could not be asked, or what it answered.
package enum SystemdError: Error, CustomStringConvertible, Equatable {
    case notRunning
    /// The bus could not be reached.
    case unreachable(address: String, cause: SystemError)
    /// No address of the user's bus is known.
    case noUserBus
    case refusedLogin(address: String, answer: String)
    case connection(SystemError)
    case disconnected
    case malformed(String)
    /// systemd, or the bus, answered with an error.
    case reply(name: String, text: String)
    case timeout(String)
    /// A job ended otherwise than done.
    case job(unit: String, result: String)
    case rootlessVersionOne

    package var description: String {
        switch self {
        case .notRunning: "systemd not running on this host, cannot use systemd cgroups manager"
        case .unreachable(let address, let cause): Self.connecting + "dial \(address): \(cause)"
        case .noUserBus: Self.connecting + "neither DBUS_SESSION_BUS_ADDRESS nor XDG_RUNTIME_DIR leads to a bus"
        case .refusedLogin(let address, let answer):
            Self.connecting + "error while authenticating connection (address=\"\(address)\"): \(answer)"
        case .connection(let cause): "talk with systemd: \(cause)"
        case .disconnected: "talk with systemd: connection closed"
        case .malformed(let what): "talk with systemd: malformed: \(what)"
        case .reply(_, let text): text
        case .timeout(let what): what
        case .job(let unit, let result): "error creating systemd unit `\(unit)`: got `\(result)`"
        case .rootlessVersionOne: "cannot use rootless systemd cgroups manager on cgroup v1"
        }
    }

    private static let connecting =
        "failed to connect to dbus (hint: for rootless containers, maybe you need to install dbus-user-session package, "
        + "see https://github.com/opencontainers/runc/blob/master/docs/cgroup-v2.md): "

    /// Whether it is an error of D-Bus with such a name.
    package func isReply(_ name: String) -> Bool {
        if case .reply(let own, _) = self { return own == name }
        return false
    }
}
