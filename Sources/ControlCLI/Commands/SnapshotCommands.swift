import CLI
import ImageStore

/// `snapshots`: images' layers (committed) and containers' writable directories upon them (active).
enum SnapshotCommands {
    static let all = [
        ControlCommand("list", "ls", summary: "List snapshots", .none, run: list),
        ControlCommand("tree", summary: "Show snapshots below those they stand upon", .none, run: tree),
        ControlCommand(
            "usage", synopsis: "[FLAGS] [KEY...]", summary: "Show the space that snapshots take",
            flags: [.bool("bytes", "b", "Show sizes in bytes")], run: usage),
        ControlCommand(
            "delete", "del", "remove", "rm", synopsis: "KEY [KEY...]", summary: "Remove containers' snapshots",
            .atLeast(1), run: remove),
    ]

    private struct Snapshot {
        let key: String
        let parent: String?
        let isActive: Bool
    }

    private static func snapshots(_ images: ImageStore) async throws -> [Snapshot] {
        var found = try await images.storedLayers().map {
            Snapshot(key: $0.chainID, parent: $0.parent, isActive: false)
        }
        for key in try await images.snapshotKeys() {
            // One that is taken away meanwhile is none.
            guard let parent = try? images.snapshotParent(key) else { continue }
            found.append(Snapshot(key: key, parent: parent, isActive: true))
        }
        return found.sorted { $0.key < $1.key }
    }

    private static func list(_ invocation: ControlInvocation) async throws -> Int32 {
        var table = ControlTable("KEY", "PARENT", "KIND", minimumWidth: 1, padding: 1)
        for snapshot in try await snapshots(try await invocation.context.images()) {
            table.add(snapshot.key, snapshot.parent ?? "", snapshot.isActive ? "Active" : "Committed")
        }
        invocation.console.print(table.text, terminator: "")
        return 0
    }

    private static func tree(_ invocation: ControlInvocation) async throws -> Int32 {
        let all = try await snapshots(try await invocation.context.images())
        let known = Set(all.map(\.key))
        let children = Dictionary(grouping: all) { $0.parent.flatMap { known.contains($0) ? $0 : nil } ?? "" }
        // With a list of its own, since chains of layers may be long.
        var open = (children[""] ?? []).reversed().map { (snapshot: $0, depth: 0) }
        while let (snapshot, depth) = open.popLast() {
            let margin = String(repeating: "  ", count: depth)
            invocation.console.print(depth == 0 ? " \(snapshot.key)" : "\(margin)\\_ \(snapshot.key)")
            open += (children[snapshot.key] ?? []).reversed().map { ($0, depth + 1) }
        }
        return 0
    }

    private static func usage(_ invocation: ControlInvocation) async throws -> Int32 {
        let images = try await invocation.context.images()
        let all = try await snapshots(images)
        let wanted = invocation.arguments.isEmpty ? all.map(\.key) : invocation.arguments
        var table = ControlTable("KEY", "SIZE", "INODES", minimumWidth: 1, padding: 1)
        for key in wanted {
            let isActive = all.first { $0.key == key }?.isActive ?? true
            let usage = isActive ? try await images.snapshotSpace(key) : try await images.layerSpace(key)
            table.add(
                key, invocation.flags.bool("bytes") ? "\(usage.bytes)" : ControlTable.size(usage.bytes),
                "\(usage.inodes)")
        }
        invocation.console.print(table.text, terminator: "")
        return 0
    }

    private static func remove(_ invocation: ControlInvocation) async throws -> Int32 {
        let images = try await invocation.context.images()
        return await invocation.forEachArgument { key in
            guard try await images.snapshotKeys().contains(key) else {
                let isLayer = try await images.storedLayers().contains { $0.chainID == key }
                throw CommandFailure(
                    isLayer
                        ? "snapshot \(key) is a layer of an image: remove the image"
                        : "snapshot \(key) does not exist: not found")
            }
            try await images.removeSnapshot(key)
        }
    }
}
