import CLinux
package import Glibc

extension Descriptor {
    /// read(2): 0 at the end.
    package func read(into buffer: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int {
        try systemCall("read", "fd \(rawValue)") { Glibc.read(rawValue, buffer.baseAddress, buffer.count) }
    }

    /// Reads to the end; more than `limit` bytes is EFBIG.
    package func readToEnd(limit: Int = 64 << 20) throws(SystemError) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = 4096
        while true {
            let start = bytes.count
            var count = 0
            var failure: SystemError?
            // One read too many tells the end; the buffer doubles.
            bytes.append(
                contentsOf: [UInt8](unsafeUninitializedCapacity: chunk) { buffer, initialized in
                    do throws(SystemError) {
                        count = try read(into: UnsafeMutableRawBufferPointer(buffer))
                        initialized = count
                    } catch { failure = error }
                })
            if let failure { throw failure }
            if count == 0 { return bytes }
            guard start + count <= limit else { throw SystemError(operation: "read", errno: EFBIG) }
            chunk = min(chunk * 2, 1 << 20)
        }
    }

    /// Writes everything.
    package func write(all bytes: UnsafeRawBufferPointer) throws(SystemError) {
        var rest = bytes
        while !rest.isEmpty {
            let count = try systemCall("write", "fd \(rawValue)") {
                Glibc.write(rawValue, rest.baseAddress, rest.count)
            }
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
        }
    }

    /// Writes everything.
    package func write(all bytes: [UInt8]) throws(SystemError) {
        var failure: SystemError?
        bytes.withUnsafeBytes { buffer in
            do throws(SystemError) { try write(all: buffer) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    /// Writes a text in one call, as files of procfs, sysfs and cgroups want it.
    package func write(once text: String) throws(SystemError) {
        var text = text
        var failure: SystemError?
        text.withUTF8 { bytes in
            do throws(SystemError) {
                let count = try systemCall("write") { Glibc.write(rawValue, bytes.baseAddress, bytes.count) }
                if count != bytes.count { failure = SystemError(operation: "write", errno: EIO) }
            } catch { failure = error }
        }
        if let failure { throw failure }
    }

    /// fstat(2).
    package func status() throws(SystemError) -> stat {
        var result = stat()
        try systemCall("stat", "fd \(rawValue)") { fstat(rawValue, &result) }
        return result
    }

    /// The magic number of the file system an open file is on, see statfs(2).
    package func fileSystemType() throws(SystemError) -> Int {
        var result = statfs()
        try systemCall("statfs", "fd \(rawValue)") { fstatfs(rawValue, &result) }
        return Int(result.f_type)
    }

    /// Whether the mount that an open file is on is read-only.
    package func isReadOnlyMount() throws(SystemError) -> Bool {
        var result = statfs()
        try systemCall("statfs", "fd \(rawValue)") { fstatfs(rawValue, &result) }
        return Int(result.f_flags) & Int(ST_RDONLY) != 0
    }
}
