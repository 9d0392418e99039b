import Archive
import CLinux
import Glibc
import LinuxSystem

/// The sum of the sizes of a tree's files, hard links counted once, as Docker tells a container's size.
struct DirectoryUsage {
    private struct Inode: Hashable {
        let device: dev_t
        let number: ino_t
    }

    private var seen: Set<Inode> = []
    private(set) var bytes: Int64 = 0
    /// The files and directories, the root among them.
    private(set) var inodes: Int64 = 1

    static func measure(_ path: String) throws(SystemError) -> DirectoryUsage {
        var usage = DirectoryUsage()
        // The stack holds names under the root, so that only two descriptors are open at a time.
        let root = try Descriptor.open(path, O_RDONLY | O_DIRECTORY)
        var pending: [[CChar]] = [[46, 0]]
        while let directory = pending.popLast() {
            do throws(SystemError) {
                try usage.add(directory, root.rawValue, &pending)
            } catch {
                // The container is at work meanwhile; what is gone or too deep to name is not counted.
                guard [ENOENT, ENOTDIR, ELOOP, ENAMETOOLONG].contains(error.errno) else { throw error }
            }
        }
        return usage
    }

    private mutating func add(_ directory: [CChar], _ root: Int32, _ pending: inout [[CChar]]) throws(SystemError) {
        let stream = try DirectoryStream(directory, at: root, beneath: true)
        while let (name, isDirectory) = try stream.next() {
            if isDirectory {
                inodes += 1
                pending.append(directory.dropLast() + [47] + name)
                continue
            }
            var status = stat()
            guard fstatat(stream.descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { continue }
            if status.st_nlink > 1, !seen.insert(Inode(device: status.st_dev, number: status.st_ino)).inserted {
                continue
            }
            inodes += 1
            bytes += Int64(status.st_size)
        }
    }
}
