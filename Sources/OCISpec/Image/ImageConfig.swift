/// How to run an image, with Docker's fields.
public struct ImageConfig: Codable, Equatable, Sendable {
    /// User and group, by name or id.
    public var user: String?
    /// Ports, as `80/tcp`.
    public var exposedPorts: [String: EmptyObject]?
    /// The environment.
    public var env: [String]
    /// The program; `nil` is not the same as none.
    public var entrypoint: [String]?
    /// Default arguments.
    public var cmd: [String]?
    /// Directories that hold data.
    public var volumes: [String: EmptyObject]?
    /// The working directory.
    public var workingDir: String?
    /// Labels.
    public var labels: [String: String]?
    /// The signal that asks it to end.
    public var stopSignal: String?
    /// Windows: the command is escaped already.
    public var argsEscaped: Bool?
    /// How to ask for its health.
    public var healthcheck: Healthcheck?
    /// Triggers for images built on it.
    public var onBuild: [String]?
    /// The shell of shell-form commands.
    public var shell: [String]?

    /// Memberwise.
    public init(
        user: String? = nil,
        exposedPorts: [String: EmptyObject]? = nil,
        env: [String] = [],
        entrypoint: [String]? = nil,
        cmd: [String]? = nil,
        volumes: [String: EmptyObject]? = nil,
        workingDir: String? = nil,
        labels: [String: String]? = nil,
        stopSignal: String? = nil,
        argsEscaped: Bool? = nil,
        healthcheck: Healthcheck? = nil,
        onBuild: [String]? = nil,
        shell: [String]? = nil
    ) {
        self.user = user
        self.exposedPorts = exposedPorts
        self.env = env
        self.entrypoint = entrypoint
        self.cmd = cmd
        self.volumes = volumes
        self.workingDir = workingDir
        self.labels = labels
        self.stopSignal = stopSignal
        self.argsEscaped = argsEscaped
        self.healthcheck = healthcheck
        self.onBuild = onBuild
        self.shell = shell
    }

    private enum CodingKeys: String, CodingKey {
        case user = "User"
        case exposedPorts = "ExposedPorts"
        case env = "Env"
        case entrypoint = "Entrypoint"
        case cmd = "Cmd"
        case volumes = "Volumes"
        case workingDir = "WorkingDir"
        case labels = "Labels"
        case stopSignal = "StopSignal"
        case argsEscaped = "ArgsEscaped"
        case healthcheck = "Healthcheck"
        case onBuild = "OnBuild"
        case shell = "Shell"
    }
}

/// How to ask for a container's health; times in nanoseconds.
public struct Healthcheck: Codable, Equatable, Sendable {
    /// The test: `NONE`, `CMD …` or `CMD-SHELL …`.
    public var test: [String]?
    /// Time between tests.
    public var interval: Int64?
    /// Time a test may take.
    public var timeout: Int64?
    /// Time to start up in.
    public var startPeriod: Int64?
    /// Time between tests while starting.
    public var startInterval: Int64?
    /// Failures until it is unhealthy.
    public var retries: Int?

    /// Memberwise.
    public init(
        test: [String]? = nil,
        interval: Int64? = nil,
        timeout: Int64? = nil,
        startPeriod: Int64? = nil,
        startInterval: Int64? = nil,
        retries: Int? = nil
    ) {
        self.test = test
        self.interval = interval
        self.timeout = timeout
        self.startPeriod = startPeriod
        self.startInterval = startInterval
        self.retries = retries
    }

    private enum CodingKeys: String, CodingKey {
        case test = "Test"
        case interval = "Interval"
        case timeout = "Timeout"
        case startPeriod = "StartPeriod"
        case startInterval = "StartInterval"
        case retries = "Retries"
    }
}

/// An empty JSON object, the value of a set's members.
public struct EmptyObject: Codable, Equatable, Sendable {
    /// Memberwise.
    public init() {}
}
