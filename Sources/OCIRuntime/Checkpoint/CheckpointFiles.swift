import CLinux
import Glibc
internal import CRIU
internal import LinuxSystem
internal import OCISpec

/// The directories of a checkpoint.
struct CheckpointFiles {
    static let streamsName = "descriptors.json"

    private let imagePath: String
    private let workPath: String?

    /// - Parameter makesImages: Whether the images' directory is made where it is missing.
    init(imagePath: String, workPath: String?, makesImages: Bool) throws(RuntimeError) {
        self.imagePath = imagePath
        self.workPath = workPath.flatMap { $0.isEmpty ? nil : $0 }
        do throws(SystemError) {
            if makesImages { try File.makeDirectories(imagePath, mode: 0o700) }
            // Where a container is saved again it is there already.
            if let path = self.workPath { try File.makeDirectories(path, mode: 0o700) }
            for number in try open() { close(number) }
        } catch { throw .system(doing: nil, error) }
    }

    /// The directories' descriptors, for CRIU.
    ///
    /// - Parameter images: Another mount of the images.
    func open(images: String? = nil) throws(SystemError) -> [Int32] {
        [try Self.open(images ?? imagePath), try Self.open(workPath ?? imagePath)]
    }

    private static func open(_ path: String) throws(SystemError) -> Int32 {
        try Descriptor.open(path, O_RDONLY | Int32(LINUX_O_DIRECTORY)).release()
    }

    /// Options with these directories, the first of which CRIU has as the descriptor `first`.
    func options(log: String, first: Int32) -> CRIUOptions {
        var options = CRIUOptions(images: first, logFile: log)
        options.workDirectory = first + 1
        return options
    }

    /// A mount of the images on which they belong to the ids of a user namespace.
    func mappedImages(_ uids: [IDMapping], _ gids: [IDMapping]) throws -> MountTree {
        let tree = try MountTree(cloning: imagePath, recursive: false)
        try tree.mapIDs(by: try IDMapNamespace.make(uids: uids, gids: gids), recursive: false)
        return tree
    }

    func logPath(_ name: String) -> String { "\(workPath ?? imagePath)/\(name)" }

    /// What the standard streams of the first process led to; runc's file.
    func saveStreams(_ names: [String]) throws(RuntimeError) {
        let path = "\(imagePath)/\(Self.streamsName)"
        try doing("save the standard streams") { try File.replace(path, with: try OCIJSON.encode(names)) }
    }

    func loadStreams() throws(RuntimeError) -> [String] {
        let path = "\(imagePath)/\(Self.streamsName)"
        let bytes: [UInt8]
        do throws(SystemError) { bytes = try File.read(path) } catch {
            throw .system(doing: nil, SystemError(operation: "open", path: path, errno: error.errno))
        }
        return try doing("read \(path)") { try OCIJSON.decode([String].self, from: bytes) }
    }
}
