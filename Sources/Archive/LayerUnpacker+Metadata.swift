import CLinux
import Glibc
import LinuxSystem

extension LayerUnpacker {
    /// Owner, mode and attributes of an open file or directory. The order matters: chown(2) takes set-id bits and
    /// capabilities away.
    func describe(_ file: Int32, _ entry: TarEntry) throws(SystemError) {
        try systemCall("chown") { fchown(file, entry.owner ?? 0, entry.group ?? 0) }
        try systemCall("chmod") { fchmod(file, entry.permissions) }
        try entry.forEachAttribute { name, value throws(SystemError) in
            try setAttribute(name) { fsetxattr(file, name, value.baseAddress, value.count, 0) }
        }
    }

    /// Owner, mode, attributes and times of what cannot be opened without an effect: links and special files.
    func describeName(_ entry: TarEntry, _ name: [CChar], in parent: Int32, isLink: Bool) throws(SystemError) {
        try systemCall("chown") { fchownat(parent, name, entry.owner ?? 0, entry.group ?? 0, AT_SYMLINK_NOFOLLOW) }
        if !isLink { try systemCall("chmod") { fchmodat(parent, name, entry.permissions, 0) } }
        let path = Array("/proc/self/fd/\(parent)/".utf8).map { CChar(bitPattern: $0) } + name
        try entry.forEachAttribute { attribute, value throws(SystemError) in
            try setAttribute(attribute) { lsetxattr(path, attribute, value.baseAddress, value.count, 0) }
        }
        guard let time = entry.modificationTime else { return }
        try systemCall("set times") { utimensat(parent, name, [time, time], AT_SYMLINK_NOFOLLOW) }
    }

    func setTimes(_ time: timespec?, of file: Int32) throws(SystemError) {
        guard let time else { return }
        try systemCall("set times") { futimens(file, [time, time]) }
    }

    /// Overlayfs's own attributes would let an image redirect names, so they are left out; what the file system cannot
    /// hold is left out as well.
    private func setAttribute(_ name: UnsafePointer<CChar>, _ set: () -> Int32) throws(SystemError) {
        for reserved in ["trusted.overlay.", "user.overlay."] where strncmp(name, reserved, reserved.utf8.count) == 0 {
            return
        }
        do throws(SystemError) {
            try systemCall("setxattr", String(cString: name), set)
        } catch {
            let isUsers = strncmp(name, "user.", 5) == 0
            guard error.errno == ENOTSUP || (error.errno == EPERM && isUsers) else { throw error }
        }
    }
}
