import CLinux
import Glibc
internal import LinuxSystem

/// The loopback interface of a new network namespace, which starts out down.
enum Loopback {
    static func bringUp() throws(SystemError) {
        let socket = Descriptor(
            owning: try systemCall("open a socket") {
                Glibc.socket(AF_INET, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
            })
        // struct ifreq: 16 bytes of name, then the flags.
        var request = [UInt8](repeating: 0, count: 40)
        request.replaceSubrange(0..<2, with: Array("lo".utf8))
        let flags = UInt16(0x1 | 0x40)  // IFF_UP | IFF_RUNNING
        request[16] = UInt8(flags & 0xff)
        request[17] = UInt8(flags >> 8)
        try systemCall("bring up the loopback interface") {
            linux_ioctl_pointer(socket.rawValue, 0x8914 /* SIOCSIFFLAGS */, &request)
        }
    }

    /// The same in the network namespace of another process, by a process that goes there.
    static func bringUp(of pid: Int32) throws(SystemError) {
        let namespace = try Descriptor.open("/proc/\(pid)/ns/net", O_RDONLY)
        var descriptor: Int32 = -1
        let child = try systemCall("fork") { linux_clone3(0, &descriptor, SIGCHLD, -1) }
        if child == 0 {
            do throws(SystemError) {
                try systemCall("setns") { linux_setns(namespace.rawValue, Int32(LINUX_CLONE_NEWNET)) }
                try bringUp()
            } catch { _exit(error.errno) }
            _exit(0)
        }
        let status = try ProcessDescriptor(owning: descriptor).wait()
        guard case .exited(let code)? = status, code == 0 else {
            let reason = if case .exited(let code)? = status { code } else { ECHILD }
            throw SystemError(operation: "bring up the loopback interface", errno: reason)
        }
    }
}
