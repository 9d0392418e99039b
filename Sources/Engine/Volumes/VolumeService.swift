package import EngineAPI
import LinuxSystem

/// Volumes of the local driver: directories under the data root.
package actor VolumeService {
    package struct Record: Codable, Sendable {
        package let name: String
        package let created: Timestamp
        package var labels: [String: String]
        package var options: [String: String]

        package var isAnonymous: Bool { labels[VolumeService.anonymousLabel] != nil }
    }

    package static let anonymousLabel = "com.docker.volume.anonymous"

    private let root: String
    private let database: EngineDatabase
    private let events: EventBroadcaster
    private let work: FileWork
    private var volumes: [String: Record] = [:]

    package init(dataRoot: String, database: EngineDatabase, events: EventBroadcaster, work: FileWork) async throws {
        root = dataRoot + "/volumes"
        self.database = database
        self.events = events
        self.work = work
        for record in try await database.records(Record.self, in: .volumes) { volumes[record.name] = record }
        let known = Set(volumes.keys)
        let root = root
        // A directory without a record is what a crash left of a volume half made or half removed.
        try await work.run {
            try FileWork.makeDirectory(root, mode: 0o710)
            for name in try FileWork.names(inDirectory: root) where !known.contains(name) {
                try FileWork.removeTree(root + "/" + name)
            }
        }
    }

    package nonisolated func mountpoint(_ name: String) -> String { root + "/" + name + "/_data" }

    package func record(_ name: String) throws(EngineError) -> Record {
        guard let record = volumes[name] else { throw EngineError(.notFound, "get \(name): no such volume") }
        return record
    }

    package var all: [Record] { volumes.values.sorted { $0.name < $1.name } }

    /// The volume of a name, made when there is none; without a name an anonymous one.
    @discardableResult
    package func ensure(
        _ name: String, driver: String = "", labels: [String: String] = [:], options: [String: String] = [:]
    ) async throws -> Record {
        guard driver.isEmpty || driver == "local" else {
            throw EngineError(
                .notFound, "error looking up volume plugin \(driver): plugin \"\(driver)\" not found")
        }
        guard options.isEmpty else {
            let names = options.keys.sorted().joined(separator: ", ")
            throw EngineError(.invalidParameter, "create \(name): invalid option: \(names) (this driver takes none)")
        }
        var labels = labels
        var name = name
        if name.isEmpty {
            name = ContainerID.random()
            labels[Self.anonymousLabel] = ""
        }
        if let record = volumes[name] { return record }
        try Self.check(name)
        let record = Record(name: name, created: .now, labels: labels, options: options)
        volumes[name] = record
        do {
            try await database.save(record, id: name, in: .volumes)
            let path = mountpoint(name)
            try await work.run { try FileWork.makeVolumeDirectory(path) }
        } catch {
            volumes[name] = nil
            try await database.delete(id: name, from: .volumes)
            throw error
        }
        await events.publish(
            .make(type: "volume", action: "create", id: name, attributes: ["driver": "local"]))
        return record
    }

    package func remove(_ name: String) async throws {
        guard volumes[name] != nil else { throw EngineError(.notFound, "get \(name): no such volume") }
        let path = root + "/" + name
        try await work.run { try FileWork.removeTree(path) }
        volumes[name] = nil
        try await database.delete(id: name, from: .volumes)
        await events.publish(
            .make(type: "volume", action: "destroy", id: name, attributes: ["driver": "local"]))
    }

    package nonisolated func describe(_ record: Record) -> Volume {
        var volume = Volume()
        volume.name = record.name
        volume.driver = "local"
        volume.mountpoint = mountpoint(record.name)
        volume.labels = record.labels.isEmpty ? nil : record.labels
        volume.options = record.options.isEmpty ? nil : record.options
        volume.scope = "local"
        volume.createdAt = "\(Timestamp(seconds: record.created.seconds))"
        return volume
    }

    static func check(_ name: String) throws(EngineError) {
        do {
            _ = try ContainerName.check(name)
        } catch {
            throw EngineError(
                .invalidParameter,
                "create \(name): \"\(name)\" includes invalid characters for a local volume name, only "
                    + "\"[a-zA-Z0-9][a-zA-Z0-9_.-]\" are allowed. If you intended to pass a host directory, use "
                    + "absolute path")
        }
        guard !name.hasPrefix("/") else {
            throw EngineError(.invalidParameter, "create \(name): use an absolute path for a host directory")
        }
    }
}

extension FileWork {
    fileprivate static func makeVolumeDirectory(_ path: String) throws(SystemError) {
        guard let slash = path.lastIndex(of: "/") else { return }
        try makeDirectory(String(path[..<slash]), mode: 0o701)
        try makeDirectory(path, mode: 0o755)
    }
}
