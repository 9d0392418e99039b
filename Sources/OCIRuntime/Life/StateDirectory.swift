import CLinux
import Glibc
internal import LinuxSystem
internal import OCISpec

/// The directory of one container below the runtime's root.
struct StateDirectory {
    let root: String
    let id: String

    var path: String { "\(root)/\(id)" }
    var recordPath: String { "\(path)/state.json" }
    /// The fifo on which a created container waits for `start`.
    var fifoPath: String { "\(path)/exec.fifo" }
    /// The compiled system call filter.
    var filterPath: String { "\(path)/seccomp.bpf" }

    init(root: String, id: String) throws(RuntimeError) {
        try Self.check(id)
        self.root = root
        self.id = id
    }

    /// Ids are runc's: letters, digits and `_ + - .`, at most 1024 bytes, no `.` or `..`.
    static func check(_ id: String) throws(RuntimeError) {
        let letters = id.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "+"), UInt8(ascii: "-"),
                UInt8(ascii: "."):
                true
            default: false
            }
        }
        guard !id.isEmpty else { throw .other("container id cannot be empty") }
        guard letters, id.utf8.count <= 1024, id != ".", id != ".." else {
            throw .other("invalid container ID format: \"\(id)\"")
        }
    }

    /// Makes the directory for a new container: the mkdir decides between two that want the same id.
    func make() throws(RuntimeError) {
        do throws(SystemError) {
            if !File.exists(root) { try File.makeDirectories(root, mode: 0o700) }
            try File.makeDirectory(path, mode: 0o711)
        } catch {
            guard error.errno != EEXIST else { throw .containerExists(id: id) }
            throw .system(doing: "make the container's state directory", error)
        }
    }

    func save(_ record: ContainerRecord) throws(RuntimeError) {
        try doing("save the container's state") { try File.replace(recordPath, with: try OCIJSON.write(record)) }
    }

    /// The record; `nil` where the container was killed off so early that there is none.
    func loadIfPresent() throws(RuntimeError) -> ContainerRecord? {
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try File.read(recordPath)
        } catch {
            guard error.errno == ENOENT else { throw .system(doing: "load the container's state", error) }
            guard File.exists(path) else { throw .noSuchContainer(id: id) }
            return nil
        }
        return try doing("load \(recordPath)") { try OCIJSON.read(ContainerRecord.self, from: bytes) }
    }

    func load() throws(RuntimeError) -> ContainerRecord {
        guard let record = try loadIfPresent() else { throw .noSuchContainer(id: id) }
        return record
    }

    /// Removes the directory and the few files it can hold.
    func remove() throws(RuntimeError) {
        try doing("remove the container's state") {
            let names = try File.names(in: path, missingIsEmpty: true)
            // state.json goes last: until then delete can be tried again.
            for name in names where name != "state.json" && name != NotifySocket.directoryName {
                try File.remove("\(path)/\(name)", missingIsFine: true)
            }
            if names.contains(NotifySocket.directoryName) { try NotifySocket.remove(of: self) }
            try File.remove(recordPath, missingIsFine: true)
            try File.removeDirectory(path, missingIsFine: true)
        }
    }

    /// Every container's directory below a root.
    static func all(root: String) throws(RuntimeError) -> [StateDirectory] {
        let names = try doing("list containers") { try File.names(in: root, missingIsEmpty: true) }
        return names.sorted().compactMap { try? StateDirectory(root: root, id: $0) }
    }
}
