import CLinux
import Glibc
import LinuxSystem

/// Copies a directory's content with owners, modes, times and extended attributes, by descriptors alone: no name in
/// either tree is followed out of it.
struct TreeCopy {
    private struct FileID: Hashable {
        let device: UInt64
        let inode: UInt64
    }

    /// Where the first name of a file with several links was copied to, relative to the target's root.
    private var links: [FileID: String] = [:]
    private var targetRoot: Int32 = -1

    mutating func copyTree(from source: Int32, to target: Int32, path: String) throws(SystemError) {
        targetRoot = target
        try copyDirectory(from: source, to: target, path: path, relative: "")
    }

    func copy(from source: Int32, to target: Int32, path: String) throws(SystemError) {
        var copy = self
        try copy.copyTree(from: source, to: target, path: path)
    }

    private mutating func copyDirectory(
        from source: Int32, to target: Int32, path: String, relative: String
    ) throws(SystemError) {
        for name in try FileWork.names(in: source, path: path) {
            try copyEntry(name, from: source, to: target, path: "\(path)/\(name)", relative: relative + name)
        }
        var status = stat()
        try systemCall("stat", path) { fstat(source, &status) }
        try copyAttributes(from: source, to: target, status, path: path)
    }

    private mutating func copyEntry(
        _ name: String, from source: Int32, to target: Int32, path: String, relative: String
    ) throws(SystemError) {
        var status = stat()
        try systemCall("stat", path) { fstatat(source, name, &status, AT_SYMLINK_NOFOLLOW) }
        let id = FileID(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
        let type = status.st_mode & S_IFMT
        if type != S_IFDIR, status.st_nlink > 1 {
            if let first = links[id] {
                try systemCall("link", path) { linkat(targetRoot, first, target, name, 0) }
                return
            }
            links[id] = relative
        }
        switch type {
        case S_IFDIR:
            try systemCall("mkdir", path) { mkdirat(target, name, 0o700) }
            let from = try Descriptor.open(at: source, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
            let to = try Descriptor.open(at: target, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
            try copyDirectory(from: from.rawValue, to: to.rawValue, path: path, relative: relative + "/")
        case S_IFREG:
            let from = try Descriptor.open(at: source, name, O_RDONLY | O_NOFOLLOW)
            let to = try Descriptor.open(at: target, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600)
            try copyContent(from: from.rawValue, to: to.rawValue, path: path)
            try copyAttributes(from: from.rawValue, to: to.rawValue, status, path: path)
        case S_IFLNK:
            try copyLink(name, from: source, to: target, status, path: path)
        default:
            try systemCall("mknod", path) { mknodat(target, name, status.st_mode, status.st_rdev) }
            try systemCall("chown", path) {
                fchownat(target, name, status.st_uid, status.st_gid, AT_SYMLINK_NOFOLLOW)
            }
            try systemCall("chmod", path) { fchmodat(target, name, status.st_mode & 0o7777, 0) }
        }
    }

    private func copyContent(from source: Int32, to target: Int32, path: String) throws(SystemError) {
        var buffer = [UInt8](repeating: 0, count: 128 << 10)
        while true {
            let count = try systemCall("read", path) { read(source, &buffer, buffer.count) }
            if count == 0 { return }
            var written = 0
            while written < count {
                written += try systemCall("write", path) {
                    buffer.withUnsafeBytes { bytes in
                        write(target, UnsafeRawBufferPointer(rebasing: bytes[written...]).baseAddress, count - written)
                    }
                }
            }
        }
    }

    private func copyLink(
        _ name: String, from source: Int32, to target: Int32, _ status: stat, path: String
    ) throws(SystemError) {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        try systemCall("readlink", path) { readlinkat(source, name, &buffer, buffer.count - 1) }
        try systemCall("symlink", path) { symlinkat(buffer, target, name) }
        try systemCall("chown", path) {
            fchownat(target, name, status.st_uid, status.st_gid, AT_SYMLINK_NOFOLLOW)
        }
        var times = (status.st_atim, status.st_mtim)
        try systemCall("set times", path) {
            withUnsafePointer(to: &times) {
                $0.withMemoryRebound(to: timespec.self, capacity: 2) {
                    utimensat(target, name, $0, AT_SYMLINK_NOFOLLOW)
                }
            }
        }
    }

    private func copyAttributes(
        from source: Int32, to target: Int32, _ status: stat, path: String
    ) throws(SystemError) {
        try systemCall("chown", path) { fchown(target, status.st_uid, status.st_gid) }
        // After chown, which takes the set-user-id bits away.
        try systemCall("chmod", path) { fchmod(target, status.st_mode & 0o7777) }
        try copyExtendedAttributes(from: source, to: target, path: path)
        var times = (status.st_atim, status.st_mtim)
        try systemCall("set times", path) {
            withUnsafePointer(to: &times) {
                $0.withMemoryRebound(to: timespec.self, capacity: 2) { futimens(target, $0) }
            }
        }
    }

    private func copyExtendedAttributes(from source: Int32, to target: Int32, path: String) throws(SystemError) {
        let size = flistxattr(source, nil, 0)
        guard size > 0 else { return }
        var names = [CChar](repeating: 0, count: size)
        let count = try systemCall("list attributes", path) { flistxattr(source, &names, names.count) }
        for name in names[..<count].split(separator: 0) {
            let name = Array(name) + [0]
            // The overlay's own marks belong to the layers and not to the files.
            guard !name.starts(with: "trusted.overlay.".utf8.map { CChar(bitPattern: $0) }) else { continue }
            let length = try systemCall("read attribute", path) { fgetxattr(source, name, nil, 0) }
            var value = [UInt8](repeating: 0, count: length)
            try systemCall("read attribute", path) { fgetxattr(source, name, &value, value.count) }
            try systemCall("write attribute", path) { fsetxattr(target, name, value, value.count, 0) }
        }
    }
}
