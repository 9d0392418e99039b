internal import Glibc
internal import LinuxSystem
internal import OCISpec

/// The records of containers, one file each. What it answers is read anew: files are few and small, and questions rare.
actor ContainerStore {
    private static let largestRecord = 16 << 20

    private let root: String

    /// - Parameter root: the supervisor's root directory; made when the first record is kept.
    init(root: String) { self.root = "\(root)/containers" }

    func create(_ record: ContainerRecord) throws {
        let path = path(try TaskKey(namespace: record.namespace, id: record.id))
        guard !File.exists(path) else { throw SupervisorError.exists("container \(record.id) exists already") }
        try File.makeDirectories("\(root)/\(record.namespace)", mode: 0o700)
        try File.replace(path, with: try OCIJSON.encode(record))
    }

    /// `nil` where there is none.
    func find(_ key: TaskKey) throws -> ContainerRecord? {
        do throws(SystemError) {
            let bytes = try File.read(path(key), limit: ContainerStore.largestRecord)
            return try decode(bytes, key)
        } catch {
            guard error.errno == ENOENT else { throw error }
            return nil
        }
    }

    func record(_ key: TaskKey) throws -> ContainerRecord {
        guard let record = try find(key) else { throw SupervisorError.notFound("container \(key.id) is not known") }
        return record
    }

    /// Those of a namespace, or of all where it is empty.
    func all(namespace: String) throws -> [ContainerRecord] {
        let wanted = namespace.isEmpty ? try namespaces() : [namespace]
        return try wanted.filter(TaskKey.isValid).flatMap { namespace in
            try File.names(in: "\(root)/\(namespace)", missingIsEmpty: true).compactMap { name in
                guard let key = try? TaskKey(namespace: namespace, id: ContainerStore.id(ofFile: name)) else {
                    return nil
                }
                return try find(key)
            }
        }
    }

    /// Namespaces that have or had records.
    func namespaces() throws -> [String] { try File.names(in: root, missingIsEmpty: true) }

    func label(_ key: TaskKey, set: [String: String], remove: [String]) throws -> ContainerRecord {
        var record = try record(key)
        record.labels = try LabelRules.changing(record.labels, set: set, remove: remove)
        record.updatedAt = .now
        try File.replace(path(key), with: try OCIJSON.encode(record))
        return record
    }

    func remove(_ key: TaskKey) throws {
        _ = try record(key)
        try File.remove(path(key), missingIsFine: true)
        // The namespace ends with its last container, unless it was made by name.
        rmdir("\(root)/\(key.namespace)")
    }

    private func decode(_ bytes: [UInt8], _ key: TaskKey) throws(SystemError) -> ContainerRecord {
        do {
            return try OCIJSON.decode(ContainerRecord.self, from: bytes)
        } catch {
            throw SystemError(operation: "read the record", path: path(key), errno: EBADMSG)
        }
    }

    private func path(_ key: TaskKey) -> String { "\(root)/\(key.namespace)/\(key.id).json" }

    private static func id(ofFile name: String) -> String {
        name.hasSuffix(".json") ? String(name.dropLast(5)) : ""
    }
}
