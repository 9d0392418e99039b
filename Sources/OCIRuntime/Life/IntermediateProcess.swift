import Glibc
internal import LinuxSystem

/// A process between the runtime and a container's process, which enters a user namespace and makes the other from
/// within: as a sibling, so that it is the runtime's child.
enum IntermediateProcess {
    /// In the runtime: waits for the other process's id and the end of the intermediate one, whose pidfd `child` is;
    /// it becomes that of the other.
    static func adopt(_ channel: Int32, child: inout Int32) throws(RuntimeError) -> Int32 {
        let intermediate = ProcessDescriptor(owning: child)
        child = -1
        let message: ProcessChannel.Message?
        do throws(SystemError) {
            message = try ProcessChannel.receive(from: channel)
            _ = try intermediate.wait()
            if case .made(let pid) = message {
                child = try ProcessDescriptor(pid: pid).release()
                return pid
            }
        } catch {
            throw .system(doing: nil, error)
        }
        if case .failed(let text) = message { throw .container(text) }
        throw .container("the container's process ended while it was made")
    }
}
