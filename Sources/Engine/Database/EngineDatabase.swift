import EngineAPI
import FoundationEssentials
import GRDB

/// The engine's records in SQLite: one row per container or volume, its content as JSON.
package struct EngineDatabase: Sendable {
    package enum Table: String, Sendable, CaseIterable {
        case containers
        case volumes
    }

    private let queue: DatabaseQueue

    package init(path: String) throws {
        var configuration = Configuration()
        configuration.journalMode = .wal
        configuration.busyMode = .timeout(5)
        queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.write { database in
            for table in Table.allCases {
                try database.execute(
                    sql: "CREATE TABLE IF NOT EXISTS \(table.rawValue) (id TEXT PRIMARY KEY, record BLOB NOT NULL)")
            }
            try database.execute(sql: "CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL)")
        }
    }

    package func save(_ record: some Encodable & Sendable, id: String, in table: Table) async throws {
        let data = try EngineJSON.encode(record)
        try await queue.write { database in
            try database.execute(
                sql: "INSERT INTO \(table.rawValue) (id, record) VALUES (?, ?) "
                    + "ON CONFLICT(id) DO UPDATE SET record = excluded.record",
                arguments: [id, data])
        }
    }

    package func delete(id: String, from table: Table) async throws {
        try await queue.write { database in
            try database.execute(sql: "DELETE FROM \(table.rawValue) WHERE id = ?", arguments: [id])
        }
    }

    package func records<Record: Decodable & Sendable>(_ type: Record.Type, in table: Table) async throws -> [Record] {
        let rows = try await queue.read { database in
            try Data.fetchAll(database, sql: "SELECT record FROM \(table.rawValue) ORDER BY rowid")
        }
        return try rows.map { try EngineJSON.decode(type, from: $0) }
    }

    /// A fact of the engine's own, made by a closure the first time.
    package func fact(_ name: String, default make: @Sendable @escaping () -> String) async throws -> String {
        try await queue.write { database in
            if let value = try String.fetchOne(
                database, sql: "SELECT value FROM facts WHERE name = ?", arguments: [name])
            {
                return value
            }
            let value = make()
            try database.execute(sql: "INSERT INTO facts (name, value) VALUES (?, ?)", arguments: [name, value])
            return value
        }
    }
}
