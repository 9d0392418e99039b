import CLinux
import Glibc
internal import LinuxSystem
internal import OCISpec

/// A pseudo-terminal of the container's own devpts.
struct Console: ~Copyable {
    private let master: Descriptor
    private let slave: Descriptor

    /// Opens a new pair through the container's multiplexer. It is verified to be one, and the slave is taken from the
    /// master itself, not by a path that could be swapped (CVE-2025-52565).
    init(in root: borrowing RootDirectory) throws {
        let master = try Descriptor.open(
            at: root.descriptor.rawValue, "/dev/pts/ptmx", O_RDWR | O_NOCTTY,
            resolve: Int32(RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS))
        guard try master.fileSystemType() == 0x1cd1 /* DEVPTS_SUPER_MAGIC */ else {
            throw SystemError(operation: "verify that it is devpts", path: "/dev/pts", errno: EINVAL)
        }
        var unlocked: Int32 = 0
        try systemCall("unlock the terminal") {
            linux_ioctl_pointer(master.rawValue, 0x4004_5431 /* TIOCSPTLCK */, &unlocked)
        }
        let slave = Descriptor(
            owning: try systemCall("open the terminal's other end") {
                linux_terminal_peer(master.rawValue, O_RDWR | O_NOCTTY | O_CLOEXEC)
            })
        self.master = master
        self.slave = slave
    }

    /// Makes the terminal this process's controlling one and its standard streams, and sends the master away.
    func install(size: ConsoleSize?, sendTo socket: Int32) throws {
        if let size {
            try systemCall("set the terminal's size") {
                linux_terminal_set_size(
                    slave.rawValue, UInt16(truncatingIfNeeded: size.height), UInt16(truncatingIfNeeded: size.width))
            }
        }
        try send(over: socket)
        try systemCall("set the controlling terminal") { linux_terminal_make_controlling(slave.rawValue) }
        for number: Int32 in 0...2 { try systemCall("dup2") { dup2(slave.rawValue, number) } }
    }

    /// Mounts the terminal over `/dev/console`.
    func mountConsole(over root: borrowing RootDirectory) throws {
        let target = try root.makeFile("/dev/console")
        guard try target.status().st_mode & S_IFMT != S_IFDIR else {
            throw SystemError(operation: "mount the terminal", path: "/dev/console", errno: EISDIR)
        }
        try MountTree(cloning: slave, recursive: false).attach(to: target)
    }

    private func send(over socket: Int32) throws(SystemError) {
        let name = Array("/dev/ptmx".utf8)
        try systemCall("send the terminal to the console socket") {
            linux_send_descriptor(socket, name, name.count, master.rawValue)
        }
    }

    /// Connects to the socket of `--console-socket`.
    static func connect(_ path: String) throws(RuntimeError) -> Descriptor {
        do throws(SystemError) {
            return try UnixSocket.connect(path)
        } catch {
            throw .system(doing: "connect to the console socket", error)
        }
    }
}
