import Glibc
package import LinuxSystem

/// Where the daemon's sibling programs are found: next to its own executable.
package enum ProgramDirectory {
    package static func ofThisProgram() throws(SystemError) -> String {
        var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = buffer.withUnsafeMutableBytes { bytes in
            guard let base = bytes.baseAddress else { return -1 }
            return readlink("/proc/self/exe", base, bytes.count)
        }
        guard count > 0 else { throw SystemError(operation: "readlink", path: "/proc/self/exe", errno: errno) }
        let path = String(decoding: buffer[..<count], as: UTF8.self)
        guard let slash = path.lastIndex(of: "/") else { return "/" }
        return String(path[..<slash])
    }
}
