import CLI
import ImageStore
import LinuxSystem

/// `content`: the files that images are made of.
enum ContentCommands {
    static let all = [
        ControlCommand(
            "fetch", synopsis: "[FLAGS] REF", summary: "Fetch all content of an image", .exactly(1),
            flags: RegistryFlags.all
        ) { invocation in
            _ = try await ImageTransfer.fetch(invocation)
            return 0
        },
        ControlCommand("get", synopsis: "DIGEST", summary: "Write content to standard output", .exactly(1), run: get),
        ControlCommand(
            "list", "ls", synopsis: "[FLAGS]", summary: "List all content", .none,
            flags: [.bool("quiet", "q", "Print only the digests")], run: list),
    ]

    private static func get(_ invocation: ControlInvocation) async throws -> Int32 {
        let file = try await invocation.context.images().openContent(invocation.arguments[0])
        while true {
            var failure: SystemError?
            let chunk = [UInt8](unsafeUninitializedCapacity: 1 << 20) { buffer, initialized in
                do throws(SystemError) {
                    initialized = try file.read(into: UnsafeMutableRawBufferPointer(buffer))
                } catch {
                    failure = error
                }
            }
            if let failure { throw failure }
            guard !chunk.isEmpty else { return 0 }
            Console.write(chunk[...], to: invocation.console.output)
        }
    }

    private static func list(_ invocation: ControlInvocation) async throws -> Int32 {
        let blobs = try await invocation.context.images().content()
        if invocation.flags.bool("quiet") {
            for blob in blobs { invocation.console.print(blob.digest) }
            return 0
        }
        let now = Timestamp.now.seconds
        var table = ControlTable("DIGEST", "SIZE", "AGE", "LABELS", minimumWidth: 1, padding: 1)
        for blob in blobs {
            table.add(
                blob.digest, ControlTable.size(blob.size), Humanize.duration(seconds: max(0, now - blob.modified)),
                blob.kinds.isEmpty ? "-" : blob.kinds.map { "skiff.kind=\($0)" }.joined(separator: ","))
        }
        invocation.console.print(table.text, terminator: "")
        return 0
    }
}
