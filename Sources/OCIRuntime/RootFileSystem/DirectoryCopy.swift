import CLinux
import Glibc
import LinuxSystem

/// Copies what is in a directory into another one, by descriptors: owners, modes and links stay; sockets are left out.
enum DirectoryCopy {
    static func copy(from source: borrowing Descriptor, to target: borrowing Descriptor) throws(SystemError) {
        for name in try File.names(in: source.procPath) { try copy(name, from: source, to: target) }
    }

    private static func copy(
        _ name: String, from source: borrowing Descriptor, to target: borrowing Descriptor
    ) throws(SystemError) {
        let (from, to) = (source.rawValue, target.rawValue)
        var status = stat()
        try systemCall("stat", name) { fstatat(from, name, &status, Int32(LINUX_AT_SYMLINK_NOFOLLOW)) }
        let mode = status.st_mode & 0o7777
        switch status.st_mode & S_IFMT {
        case S_IFDIR:
            try systemCall("mkdir", name) { mkdirat(to, name, 0o700) }
            let flags = O_RDONLY | Int32(LINUX_O_DIRECTORY | LINUX_O_NOFOLLOW)
            let inner = try Descriptor.open(at: to, name, flags)
            try copy(from: try Descriptor.open(at: from, name, flags), to: inner)
            return try give(inner, status, name)
        case S_IFREG:
            let file = try Descriptor.open(
                at: to, name, O_WRONLY | O_CREAT | O_EXCL | Int32(LINUX_O_NOFOLLOW), mode: 0o600)
            try copyContent(of: try Descriptor.open(at: from, name, O_RDONLY | Int32(LINUX_O_NOFOLLOW)), to: file)
            return try give(file, status, name)
        case S_IFLNK:
            var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
            try systemCall("readlink", name) { readlinkat(from, name, &buffer, buffer.count - 1) }
            try systemCall("symlink", name) { symlinkat(buffer, to, name) }
        case S_IFSOCK: return
        default:
            try systemCall("mknod", name) { mknodat(to, name, status.st_mode, status.st_rdev) }
            try systemCall("chmod", name) { fchmodat(to, name, mode, 0) }
        }
        try systemCall("chown", name) {
            fchownat(to, name, status.st_uid, status.st_gid, Int32(LINUX_AT_SYMLINK_NOFOLLOW))
        }
    }

    private static func give(_ file: borrowing Descriptor, _ status: stat, _ name: String) throws(SystemError) {
        let number = file.rawValue
        try systemCall("chown", name) { fchown(number, status.st_uid, status.st_gid) }
        // After the owner, since a change of owner takes the set-user-id bit away.
        try systemCall("chmod", name) { fchmod(number, status.st_mode & 0o7777) }
    }

    private static func copyContent(
        of source: borrowing Descriptor, to target: borrowing Descriptor
    ) throws(SystemError) {
        let (from, to) = (source.rawValue, target.rawValue)
        while try systemCall("copy", nil, { sendfile(to, from, nil, 1 << 30) }) > 0 {}
    }
}
