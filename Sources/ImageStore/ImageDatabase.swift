import Foundation
import GRDB

/// What the store knows about its content, in SQLite. Content itself is in files.
struct ImageDatabase: Sendable {
    let queue: DatabaseQueue

    init(path: String) throws {
        var configuration = Configuration()
        configuration.journalMode = .wal
        // Other processes write as well, for moments.
        configuration.busyMode = .timeout(10)
        configuration.label = "images"
        queue = try DatabaseQueue(path: path, configuration: configuration)
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { database in
            try database.execute(sql: Self.schema)
        }
        try migrator.migrate(queue)
    }

    private static let schema = """
        CREATE TABLE image (
            id TEXT PRIMARY KEY, configuration BLOB NOT NULL, size INTEGER NOT NULL, added REAL NOT NULL
        );
        CREATE TABLE layer (
            chain TEXT PRIMARY KEY, diff TEXT NOT NULL, parent TEXT, blob TEXT NOT NULL, size INTEGER NOT NULL
        );
        CREATE TABLE image_layer (
            image TEXT NOT NULL REFERENCES image (id) ON DELETE CASCADE, position INTEGER NOT NULL,
            chain TEXT NOT NULL REFERENCES layer (chain), PRIMARY KEY (image, position)
        );
        CREATE INDEX image_layer_chain ON image_layer (chain);
        CREATE TABLE image_content (
            image TEXT NOT NULL REFERENCES image (id) ON DELETE CASCADE, digest TEXT NOT NULL, kind TEXT NOT NULL,
            PRIMARY KEY (image, digest)
        );
        CREATE INDEX image_content_digest ON image_content (digest);
        CREATE TABLE name (
            name TEXT PRIMARY KEY, image TEXT NOT NULL REFERENCES image (id) ON DELETE CASCADE, tagged REAL NOT NULL
        );
        CREATE INDEX name_image ON name (image);
        CREATE TABLE origin (
            repository TEXT NOT NULL, digest TEXT NOT NULL,
            image TEXT NOT NULL REFERENCES image (id) ON DELETE CASCADE, PRIMARY KEY (repository, digest)
        );
        CREATE INDEX origin_image ON origin (image);
        """

    func read<T: Sendable>(_ body: @escaping @Sendable (Database) throws -> T) async throws -> T {
        do {
            return try await queue.read(body)
        } catch {
            throw ImageStoreError.wrapping(error)
        }
    }

    func write<T: Sendable>(_ body: @escaping @Sendable (Database) throws -> T) async throws -> T {
        do {
            return try await queue.write(body)
        } catch {
            throw ImageStoreError.wrapping(error)
        }
    }
}
