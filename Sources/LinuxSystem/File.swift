package import CLinux
package import Glibc

/// Whole files and directory entries by path.
package enum File {
    /// The content of a file; more than `limit` bytes is EFBIG.
    package static func read(_ path: String, limit: Int = 64 << 20) throws(SystemError) -> [UInt8] {
        do {
            return try Descriptor.open(path, O_RDONLY).readToEnd(limit: limit)
        } catch {
            throw SystemError(operation: error.operation, path: path, errno: error.errno)
        }
    }

    /// The content of a text file.
    package static func readText(_ path: String, limit: Int = 64 << 20) throws(SystemError) -> String {
        String(decoding: try read(path, limit: limit), as: UTF8.self)
    }

    /// Writes a text in one call into an existing file.
    package static func write(_ text: String, to path: String) throws(SystemError) {
        do {
            try Descriptor.open(path, O_WRONLY).write(once: text)
        } catch {
            throw SystemError(operation: "write", path: path, errno: error.errno)
        }
    }

    /// Replaces a file by rename, so that a reader sees the old or the new content; `durable` also survives a crash
    /// of the machine.
    package static func replace(
        _ path: String, with bytes: [UInt8], mode: mode_t = 0o600, durable: Bool = false
    ) throws(SystemError) {
        let temporary = "\(path).\(getpid()).tmp"
        do {
            let file = try Descriptor.open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, mode: mode)
            try file.write(all: bytes)
            if durable { try systemCall("fsync", temporary) { fsync(file.rawValue) } }
            try rename(temporary, to: path)
        } catch {
            unlink(temporary)
            throw SystemError(operation: "replace", path: path, errno: error.errno)
        }
        guard durable, let slash = path.lastIndex(of: "/") else { return }
        let directory = try Descriptor.open(slash == path.startIndex ? "/" : String(path[..<slash]), O_RDONLY)
        try systemCall("fsync", path) { fsync(directory.rawValue) }
    }

    /// mkdir(2).
    package static func makeDirectory(_ path: String, mode: mode_t = 0o755) throws(SystemError) {
        try systemCall("mkdir", path) { path.withCString { mkdir($0, mode) } }
    }

    /// mkdir(2) with its parents; what exists already is fine.
    package static func makeDirectories(_ path: String, mode: mode_t = 0o755) throws(SystemError) {
        do {
            try makeDirectory(path, mode: mode)
        } catch  where error.errno == EEXIST {
            return
        } catch  where error.errno == ENOENT {
            guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { throw error }
            try makeDirectories(String(path[..<slash]), mode: mode)
            do { try makeDirectory(path, mode: mode) } catch  where error.errno == EEXIST { return }
        }
    }

    /// rename(2).
    package static func rename(_ path: String, to target: String) throws(SystemError) {
        try systemCall("rename", path) { path.withCString { path in target.withCString { Glibc.rename(path, $0) } } }
    }

    /// unlink(2); a file that is gone is fine where `missingIsFine`.
    package static func remove(_ path: String, missingIsFine: Bool = false) throws(SystemError) {
        do {
            try systemCall("unlink", path) { path.withCString { unlink($0) } }
        } catch  where error.errno == ENOENT && missingIsFine {
            return
        }
    }

    /// rmdir(2); a directory that is gone is fine where `missingIsFine`.
    package static func removeDirectory(_ path: String, missingIsFine: Bool = false) throws(SystemError) {
        do {
            try systemCall("rmdir", path) { path.withCString { rmdir($0) } }
        } catch  where error.errno == ENOENT && missingIsFine {
            return
        }
    }

    /// Whether something is there, symbolic links followed.
    package static func exists(_ path: String) -> Bool { path.withCString { access($0, F_OK) } == 0 }

    /// stat(2), or lstat(2).
    package static func status(_ path: String, followingLinks: Bool = true) throws(SystemError) -> stat {
        var result = stat()
        try systemCall("stat", path) { path.withCString { followingLinks ? stat($0, &result) : lstat($0, &result) } }
        return result
    }

    /// realpath(3).
    package static func canonicalPath(_ path: String) throws(SystemError) -> String {
        guard let resolved = path.withCString({ realpath($0, nil) }) else {
            throw SystemError(operation: "resolve", path: path, errno: errno)
        }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// readlink(2).
    package static func linkTarget(_ path: String) throws(SystemError) -> String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = try systemCall("readlink", path) { readlink(path, &buffer, buffer.count) }
        return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The names in a directory, without `.` and `..`.
    package static func names(in directory: String, missingIsEmpty: Bool = false) throws(SystemError) -> [String] {
        guard let stream = opendir(directory) else {
            if missingIsEmpty, errno == ENOENT { return [] }
            throw SystemError(operation: "opendir", path: directory, errno: errno)
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}
