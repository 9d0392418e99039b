/// The directories of a container's root file system, for an overlay mount.
public struct SnapshotMount: Sendable, Equatable {
    /// The image's layers, the topmost first.
    public let lowerDirectories: [String]
    /// Where the container's changes go.
    public let upperDirectory: String
    /// Overlayfs's own directory.
    public let workDirectory: String

    /// Memberwise.
    public init(lowerDirectories: [String], upperDirectory: String, workDirectory: String) {
        self.lowerDirectories = lowerDirectories
        self.upperDirectory = upperDirectory
        self.workDirectory = workDirectory
    }

    /// The options of the mount, in overlayfs's form.
    public var overlayOptions: [String] {
        [
            "lowerdir=" + lowerDirectories.joined(separator: ":"),
            "upperdir=" + upperDirectory,
            "workdir=" + workDirectory,
        ]
    }
}
