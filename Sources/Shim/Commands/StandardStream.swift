internal import Glibc
internal import LinuxSystem

/// The program's own standard output and error, unbuffered.
enum StandardStream {
    static func write(_ bytes: [UInt8], to fd: Int32) throws(SystemError) {
        var written = 0
        while written < bytes.count {
            let rest = bytes.count - written
            written += try systemCall("write") {
                bytes.withUnsafeBytes { Glibc.write(fd, $0.baseAddress.map { $0 + written }, rest) }
            }
        }
    }
}
