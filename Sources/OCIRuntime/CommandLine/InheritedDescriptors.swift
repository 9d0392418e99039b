import CLinux
import Glibc

/// What the caller left open behind the standard streams.
enum InheritedDescriptors {
    /// How many sockets a service manager passes on to this process, see sd_listen_fds(3).
    static var listening: Int32 {
        guard let pid = getenv("LISTEN_PID"), Int32(String(cString: pid)) == getpid(), let count = getenv("LISTEN_FDS")
        else { return 0 }
        return max(0, Int32(String(cString: count)) ?? 0)
    }

    /// Closes everything but the standard streams and the next few, which the program is to inherit: a directory of
    /// the host must not be there to be entered (CVE-2024-21626).
    static func keep(_ listening: Int32, preserved: Int32) throws(RuntimeError) {
        for index in 0..<preserved where linux_fcntl(3 + listening + index, F_GETFD, 0) < 0 {
            throw .other(
                "please check that preserved-fd \(index) (of \(preserved)) is present: "
                    + "descriptor \(3 + listening + index) is not open")
        }
        linux_close_range(UInt32(3 + listening + preserved), .max, 0)
    }
}
