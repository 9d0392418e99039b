import Glibc
package import LinuxSystem
package import NIOPosix

/// Work on files, on threads that may block.
package struct FileWork: Sendable {
    private let pool: NIOThreadPool

    package init(pool: NIOThreadPool) {
        self.pool = pool
    }

    package func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await pool.runIfActive(work)
    }

    package static func makeDirectory(_ path: String, mode: UInt32 = 0o710) throws(SystemError) {
        guard mkdir(path, mode) != 0 else { return }
        let error = errno
        if error == EEXIST { return }
        guard error == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
            throw SystemError(operation: "mkdir", path: path, errno: error)
        }
        try makeDirectory(String(path[..<slash]), mode: mode)
        guard mkdir(path, mode) == 0 || errno == EEXIST else {
            throw SystemError(operation: "mkdir", path: path, errno: errno)
        }
    }

    /// Writes a file in place, keeping its inode: it may be mounted in a container.
    package static func write(_ text: String, to path: String, mode: UInt32 = 0o644) throws(SystemError) {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode)
        guard file >= 0 else { throw SystemError(operation: "open", path: path, errno: errno) }
        defer { close(file) }
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                throw SystemError(operation: "write", path: path, errno: errno)
            }
            bytes = bytes.dropFirst(count)
        }
    }

    package static func read(_ path: String, limit: Int = 1 << 20) throws(SystemError) -> String {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw SystemError(operation: "open", path: path, errno: errno) }
        defer { close(file) }
        var content: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while content.count < limit {
            let count = buffer.withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                throw SystemError(operation: "read", path: path, errno: errno)
            }
            if count == 0 { break }
            content.append(contentsOf: buffer[..<count])
        }
        return String(decoding: content, as: UTF8.self)
    }

    /// Removes a directory with all below it, without following links or leaving its file system's tree.
    package static func removeTree(_ path: String) throws(SystemError) {
        if unlink(path) == 0 || errno == ENOENT { return }
        let directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
        guard directory >= 0 else { throw SystemError(operation: "open", path: path, errno: errno) }
        do {
            try emptyDirectory(directory, path: path)
        } catch {
            close(directory)
            throw error
        }
        close(directory)
        guard rmdir(path) == 0 || errno == ENOENT else {
            throw SystemError(operation: "rmdir", path: path, errno: errno)
        }
    }

    private static func emptyDirectory(_ directory: Int32, path: String) throws(SystemError) {
        for name in try names(in: directory, path: path) {
            if unlinkat(directory, name, 0) == 0 || errno == ENOENT { continue }
            let child = openat(directory, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
            guard child >= 0 else { throw SystemError(operation: "open", path: "\(path)/\(name)", errno: errno) }
            do {
                try emptyDirectory(child, path: "\(path)/\(name)")
            } catch {
                close(child)
                throw error
            }
            close(child)
            guard unlinkat(directory, name, AT_REMOVEDIR) == 0 || errno == ENOENT else {
                throw SystemError(operation: "rmdir", path: "\(path)/\(name)", errno: errno)
            }
        }
    }

    /// The names in an open directory, without `.` and `..`.
    package static func names(in directory: Int32, path: String) throws(SystemError) -> [String] {
        let copy = fcntl(directory, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { throw SystemError(operation: "duplicate descriptor", path: path, errno: errno) }
        guard let stream = fdopendir(copy) else {
            let error = errno
            close(copy)
            throw SystemError(operation: "open directory", path: path, errno: error)
        }
        defer { closedir(stream) }
        rewinddir(stream)
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    package static func names(inDirectory path: String) throws(SystemError) -> [String] {
        let directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else {
            if errno == ENOENT { return [] }
            throw SystemError(operation: "open", path: path, errno: errno)
        }
        defer { close(directory) }
        return try names(in: directory, path: path)
    }
}
