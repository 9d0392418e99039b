import CLinux
internal import LinuxSystem

/// Hands a process's descriptor (pidfd) over the socket of `--pidfd-socket`: its owner can wait for the process and
/// signal it without a doubt about its number.
enum PidfdSocket {
    /// Answers the connected socket; -1 where there is no path.
    static func connect(_ path: String?) throws(RuntimeError) -> Int32 {
        guard let path, !path.isEmpty else { return -1 }
        do throws(SystemError) { return try UnixSocket.connect(path).release() } catch {
            throw .system(doing: "connect to the pidfd socket", error)
        }
    }

    /// Sends the descriptor with the name that runc gives it.
    static func send(_ process: Int32, over socket: Int32) throws(RuntimeError) {
        guard socket >= 0 else { return }
        let name = Array("pidfd".utf8)
        do throws(SystemError) {
            try systemCall("send the process to the pidfd socket") {
                linux_send_descriptor(socket, name, name.count, process)
            }
        } catch { throw .system(doing: nil, error) }
    }
}
