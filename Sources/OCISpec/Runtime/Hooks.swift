/// A program to run at a point of the container's life.
public struct Hook: Codable, Equatable, Sendable {
    /// The program's absolute path.
    public var path: String
    /// Its arguments, the program's name first.
    public var args: [String]
    /// Its environment.
    public var env: [String]
    /// Seconds after which it is killed.
    public var timeout: Int?

    /// Memberwise.
    public init(path: String, args: [String] = [], env: [String] = [], timeout: Int? = nil) {
        self.path = path
        self.args = args
        self.env = env
        self.timeout = timeout
    }
}

/// All hooks of a container.
public struct Hooks: Codable, Equatable, Sendable {
    /// After the namespaces exist (deprecated, runtime namespace).
    public var prestart: [Hook]
    /// After the namespaces exist, in the runtime's namespace.
    public var createRuntime: [Hook]
    /// Before pivot_root, in the container's namespace.
    public var createContainer: [Hook]
    /// Before the program, in the container.
    public var startContainer: [Hook]
    /// After the program started, in the runtime's namespace.
    public var poststart: [Hook]
    /// After the container was deleted.
    public var poststop: [Hook]

    /// Memberwise.
    public init(
        prestart: [Hook] = [],
        createRuntime: [Hook] = [],
        createContainer: [Hook] = [],
        startContainer: [Hook] = [],
        poststart: [Hook] = [],
        poststop: [Hook] = []
    ) {
        self.prestart = prestart
        self.createRuntime = createRuntime
        self.createContainer = createContainer
        self.startContainer = startContainer
        self.poststart = poststart
        self.poststop = poststop
    }
}
