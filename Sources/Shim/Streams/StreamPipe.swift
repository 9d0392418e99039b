internal import CLinux
internal import Glibc
internal import LinuxSystem

/// pipe2(2), close-on-exec, with room for bursts.
enum StreamPipe {
    static func make() throws(SystemError) -> (reading: Int32, writing: Int32) {
        var ends: (Int32, Int32) = (-1, -1)
        let result = withUnsafeMutablePointer(to: &ends) {
            $0.withMemoryRebound(to: Int32.self, capacity: 2) { linux_pipe2($0, O_CLOEXEC) }
        }
        guard result == 0 else { throw SystemError(operation: "pipe2", errno: errno) }
        return ends
    }
}
