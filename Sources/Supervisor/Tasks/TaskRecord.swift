internal import LinuxSystem
internal import OCISpec

/// What the supervisor must know about a container after its own restart, as JSON in the container's directory.
struct TaskRecord: Codable, Sendable {
    /// How far the container's creation had come.
    enum Phase: String, Codable, Sendable {
        /// Being made: to be undone when found at a start.
        case creating
        case created
        /// Being removed: the removal is to be finished.
        case deleting
    }

    var phase: Phase
    var namespace: String
    var id: String
    /// The shim program, and whether it is Skiff's own.
    var shim: String
    var isOwnShim: Bool
    var runtime: String
    var labels: [String: String]
    var createdAt: Moment
    var startedAt: Moment?
    var pid: UInt32 = 0
    var oomKilled = false
    /// Set once the container's end is among the events, which are not retained for ever.
    var isExitTold: Bool?
    /// The ids of processes added to the container.
    var execs: [String] = []

    private static let name = "record.json"

    static func load(from directory: String) throws -> TaskRecord {
        try OCIJSON.decode(TaskRecord.self, from: try File.read("\(directory)/\(name)", limit: 1 << 20))
    }

    func save(in directory: String) throws {
        try File.replace("\(directory)/\(TaskRecord.name)", with: try OCIJSON.encode(self))
    }
}
