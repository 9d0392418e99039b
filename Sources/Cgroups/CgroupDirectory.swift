import CLinux
import Glibc
package import LinuxSystem

/// An open cgroup directory, through which its files are read and written.
package struct CgroupDirectory: ~Copyable {
    package let descriptor: Descriptor
    package let path: String

    package init(opening path: String) throws(SystemError) {
        descriptor = try Descriptor.open(path, Int32(LINUX_O_PATH | LINUX_O_DIRECTORY))
        self.path = path
    }

    /// The content of a file, without the final line end.
    package func read(_ name: String) throws(SystemError) -> String {
        do {
            let bytes = try Descriptor.open(at: descriptor.rawValue, name, O_RDONLY).readToEnd()
            let end = bytes.last == UInt8(ascii: "\n") ? bytes.count - 1 : bytes.count
            return String(decoding: bytes[..<end], as: UTF8.self)
        } catch {
            throw SystemError(operation: "read", path: "\(path)/\(name)", errno: error.errno)
        }
    }

    /// A file's single number; `max` and what does not fit is `UInt64.max`.
    package func number(_ name: String) throws(SystemError) -> UInt64 {
        let text = try read(name)
        return UInt64(text) ?? (text.hasPrefix("-") ? 0 : UInt64.max)
    }

    package func write(_ text: String, to name: String) throws(SystemError) {
        do {
            try Descriptor.open(at: descriptor.rawValue, name, O_WRONLY).write(once: text)
        } catch {
            throw SystemError(operation: "write \"\(text)\" to", path: "\(path)/\(name)", errno: error.errno)
        }
    }

    package func has(_ name: String) -> Bool { faccessat(descriptor.rawValue, name, F_OK, 0) == 0 }
}
