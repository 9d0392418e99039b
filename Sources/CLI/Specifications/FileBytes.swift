import Glibc

/// Whole files and descriptors.
package enum FileBytes {
    /// Reads a file; errors are worded as Go's: `open PATH: no such file or directory`.
    package static func read(_ path: String) throws(CommandFailure) -> [UInt8] {
        let descriptor = try open(path)
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        while case let piece = try next(descriptor, path), !piece.isEmpty {
            bytes += piece
        }
        return bytes
    }

    package static func open(_ path: String) throws(CommandFailure) -> Int32 {
        let descriptor = retrying { Glibc.open(path, O_RDONLY | O_CLOEXEC) }
        guard descriptor >= 0 else { throw CommandFailure("open \(path): \(SystemText.current)") }
        return descriptor
    }

    /// The next piece; empty at the end.
    package static func next(_ descriptor: Int32, _ name: String) throws(CommandFailure) -> [UInt8] {
        var count = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: 256 << 10) { buffer, used in
            count = retrying { Glibc.read(descriptor, buffer.baseAddress, buffer.count) }
            used = max(0, count)
        }
        guard count >= 0 else { throw CommandFailure("read \(name): \(SystemText.current)") }
        return bytes
    }

    /// Makes a file that must not exist yet.
    package static func create(_ path: String, _ content: String) throws(CommandFailure) {
        let descriptor = retrying { Glibc.open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644) }
        guard descriptor >= 0 else { throw CommandFailure("open \(path): \(SystemText.current)") }
        defer { close(descriptor) }
        Console.write(Array(content.utf8)[...], to: descriptor)
    }
}
