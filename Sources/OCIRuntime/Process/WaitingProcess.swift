import CLinux
import Glibc
internal import LinuxSystem

/// A process that does nothing until its maker lets go of it, or is gone: somebody has to be in a namespace, or in a
/// scope of systemd, for it to stay.
struct WaitingProcess: ~Copyable {
    let pid: Int32
    private let process: ProcessDescriptor
    private let life: Descriptor

    /// - Parameter flags: The namespaces it gets, see clone3(2).
    init(flags: UInt64 = 0) throws(SystemError) {
        let ends = try Descriptor.pipe().release()
        var descriptor: Int32 = -1
        let pid: Int32
        do throws(SystemError) {
            pid = try systemCall("start a process") { linux_clone3(flags, &descriptor, SIGCHLD, -1) }
        } catch {
            close(ends.reading)
            close(ends.writing)
            throw error
        }
        if pid == 0 { Self.wait(ends) }
        close(ends.reading)
        self.pid = pid
        process = ProcessDescriptor(owning: descriptor)
        life = Descriptor(owning: ends.writing)
    }

    /// Ends it and waits for the end.
    consuming func end() {
        _ = consume life
        _ = try? process.wait()
    }

    private static func wait(_ life: (reading: Int32, writing: Int32)) -> Never {
        close(life.writing)
        var byte: UInt8 = 0
        while read(life.reading, &byte, 1) < 0, errno == EINTR {}
        _exit(0)
    }
}
