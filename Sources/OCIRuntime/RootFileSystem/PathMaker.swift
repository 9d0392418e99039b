import CLinux
import Glibc
import LinuxSystem

/// Makes what is missing of a path in a root directory, part by part through descriptors.
///
/// Links are followed as the container would see them, dangling ones too: what such a link names is made (an image's
/// `/etc/resolv.conf` may lead to a place below `/run` that is not there yet). A link is only ever read, never followed
/// by the kernel, and `..` goes back to a directory that was opened before, so nothing leads out of the root.
struct PathMaker: ~Copyable {
    /// The directories from the root to where the walk has come, all but the first owned.
    private var directories: [Int32]
    private var linksLeft = 40

    init(root: borrowing Descriptor) { directories = [root.rawValue] }

    deinit { for directory in directories.dropFirst() { close(directory) } }

    /// Opens the directory at the path, made with its parents; O_PATH.
    mutating func makeDirectory(_ path: String, mode: mode_t) throws(SystemError) -> Descriptor {
        var parts = Self.reversedParts(path)
        while let part = parts.popLast() { try step(part, &parts, path, mode) }
        return try Descriptor.open(at: current, ".", Int32(LINUX_O_PATH | LINUX_O_DIRECTORY))
    }

    /// Opens what is at the path, an empty file made with its parents where nothing is; O_PATH.
    mutating func makeFile(_ path: String) throws(SystemError) -> Descriptor {
        var parts = Self.reversedParts(path)
        while let part = parts.popLast() {
            if !parts.isEmpty || part == ".." {
                try step(part, &parts, path, 0o755)
                continue
            }
            let directory = current
            do throws(SystemError) {
                _ = try Descriptor.open(
                    at: directory, part, O_WRONLY | O_CREAT | O_EXCL | Int32(LINUX_O_NOFOLLOW), mode: 0o644)
            } catch  where error.errno == EEXIST {}
            let file = try Descriptor.open(at: directory, part, Int32(LINUX_O_PATH | LINUX_O_NOFOLLOW))
            guard try file.status().st_mode & S_IFMT == S_IFLNK else { return file }
            try follow(part, &parts, path)
        }
        return try Descriptor.open(at: current, ".", Int32(LINUX_O_PATH | LINUX_O_DIRECTORY))
    }

    private var current: Int32 { directories[directories.count - 1] }

    private static func reversedParts(_ path: String) -> [String] {
        path.pathParts.reversed().filter { $0 != "." }.map { String($0) }
    }

    private mutating func step(
        _ part: String, _ parts: inout [String], _ path: String, _ mode: mode_t
    ) throws(SystemError) {
        if part == ".." {
            if directories.count > 1, let last = directories.popLast() { close(last) }
            return
        }
        let directory = current
        do throws(SystemError) {
            try systemCall("mkdir", path) { part.withCString { mkdirat(directory, $0, mode) } }
        } catch  where error.errno == EEXIST {}
        let opened = try Descriptor.open(at: directory, part, Int32(LINUX_O_PATH | LINUX_O_NOFOLLOW))
        switch try opened.status().st_mode & S_IFMT {
        case S_IFDIR: directories.append(opened.release())
        case S_IFLNK: try follow(part, &parts, path)
        default: throw SystemError(operation: "mkdir", path: path, errno: ENOTDIR)
        }
    }

    private mutating func follow(_ part: String, _ parts: inout [String], _ path: String) throws(SystemError) {
        linksLeft -= 1
        guard linksLeft > 0 else { throw SystemError(operation: "follow the links of", path: path, errno: ELOOP) }
        let directory = current
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        try systemCall("readlink", path) { readlinkat(directory, part, &buffer, buffer.count - 1) }
        let target = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        if target.isAbsolutePath {
            for opened in directories.dropFirst() { close(opened) }
            directories.removeSubrange(1...)
        }
        parts += Self.reversedParts(target)
    }
}
