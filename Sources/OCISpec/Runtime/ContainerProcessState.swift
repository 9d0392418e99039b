/// What goes to the listener of a system call filter together with the descriptor of its notifications (runtime-spec,
/// config-linux.md, "the container process state").
public struct ContainerProcessState: Codable, Equatable, Sendable {
    /// The version of the runtime specification.
    public var ociVersion: String
    /// The names of the descriptors sent along, in their order.
    public var fds: [String]
    /// The filtered process, in the listener's pid namespace.
    public var pid: Int
    /// `listenerMetadata` of the configuration.
    public var metadata: String?
    /// The state of the process's container.
    public var state: State

    /// Memberwise.
    public init(
        ociVersion: String = "1.3.0",
        fds: [String] = ["seccompFd"],
        pid: Int,
        metadata: String? = nil,
        state: State
    ) {
        self.ociVersion = ociVersion
        self.fds = fds
        self.pid = pid
        self.metadata = metadata
        self.state = state
    }
}
