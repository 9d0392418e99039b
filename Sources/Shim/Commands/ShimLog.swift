internal import Glibc
internal import LinuxSystem

/// The shim's own log: the FIFO `log` of the bundle where containerd made one, else the file `shim.log`.
final class ShimLog {
    private var file: Descriptor?
    private let isDebugging: Bool

    init(bundle: String, isDebugging: Bool) {
        self.isDebugging = isDebugging
        let fifo = "\(bundle)/log"
        if let status = try? File.status(fifo), status.st_mode & S_IFMT == S_IFIFO {
            file = try? Descriptor.open(fifo, O_RDWR | O_NONBLOCK)
        } else {
            file = try? Descriptor.open("\(bundle)/shim.log", O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, mode: 0o600)
        }
    }

    func write(_ message: String) {
        let stamp = ByteBuffer(capacity: 64)
        LogTimestamp.now().append(to: stamp)
        let time = String(decoding: stamp.contents, as: UTF8.self)
        let line = "time=\"\(time)\" level=warning msg=\"\(message.replacing("\"", with: "'"))\"\n"
        let fd = file?.rawValue ?? -1
        _ = line.utf8.withContiguousStorageIfAvailable { Glibc.write(fd, $0.baseAddress, $0.count) }
    }
}
