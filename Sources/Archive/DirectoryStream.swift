import CLinux
import Glibc
package import LinuxSystem

/// Reads a directory's entries, see readdir(3).
package struct DirectoryStream: ~Copyable {
    private let stream: OpaquePointer
    /// The directory, as long as the stream lives.
    package let descriptor: Int32

    /// Opens a directory that is no symbolic link; `name` ends with 0. Where it is a path and `beneath` is set, no
    /// component is followed out of the directory or through a link.
    package init(_ name: [CChar], at directory: Int32, beneath: Bool = false) throws(SystemError) {
        let opened = Descriptor(
            owning: try systemCall("open directory") {
                linux_openat2(
                    directory, name, UInt64(O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), 0,
                    beneath ? UInt64(RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS) : 0)
            })
        guard let stream = fdopendir(opened.rawValue) else {
            throw SystemError(operation: "open directory", errno: errno)
        }
        self.stream = stream
        descriptor = opened.release()
    }

    deinit { closedir(stream) }

    /// The next name, with a 0 at the end, and whether the directory knows it to be a directory; `nil` at the end.
    package func next() throws(SystemError) -> (name: [CChar], isDirectory: Bool)? {
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                if errno != 0 { throw SystemError(operation: "read directory", errno: errno) }
                return nil
            }
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) {
                    [CChar](UnsafeBufferPointer(start: $0, count: strlen($0) + 1))
                }
            }
            if name == [46, 0] || name == [46, 46, 0] { continue }
            return (name, entry.pointee.d_type == UInt8(DT_DIR))
        }
    }

    package func rewind() { rewinddir(stream) }
}
