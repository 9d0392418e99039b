import FoundationEssentials
import Glibc
import LinuxSystem

/// Records of what was made in the kernel, one JSON file each, written before the objects and removed after them. A file
/// is replaced by rename, so that it is whole at any moment a process may die.
struct RecordStore: Sendable {
    let directory: String

    func path(_ name: String) -> String { "\(directory)/\(name).json" }

    func prepare() throws(NetworkingError) {
        try Self.makeDirectory(directory)
    }

    /// The directory and the missing ones above it, for root alone.
    static func makeDirectory(_ path: String) throws(NetworkingError) {
        do { try File.makeDirectories(path, mode: 0o700) } catch { throw .system(error) }
    }

    func write(_ record: some Encodable, as name: String) throws(NetworkingError) {
        let bytes: [UInt8]
        do {
            bytes = Array(try JSONEncoder().encode(record))
        } catch {
            throw .record(path: path(name), reason: "\(error)")
        }
        do { try File.replace(path(name), with: bytes) } catch { throw .system(error) }
    }

    /// Nil where there is no record or the machine went down while it was written.
    func read<Record: Decodable>(_ name: String, as type: Record.Type) -> Record? {
        guard let bytes = try? File.read(path(name), limit: 1 << 20) else { return nil }
        return try? JSONDecoder().decode(type, from: Data(bytes))
    }

    func remove(_ name: String) {
        unlink(path(name))
    }

    /// The names of all records, readable or not; a file that a dying process left half written goes.
    func names() -> [String] {
        let entries = (try? File.names(in: directory)) ?? []
        for entry in entries where entry.hasSuffix(".tmp") { unlink("\(directory)/\(entry)") }
        return entries.filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }.sorted()
    }
}
