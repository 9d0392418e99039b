internal import CLinux
internal import Glibc
internal import LinuxSystem
internal import TTRPC

/// `start`: makes the sockets, leaves the shim behind as a process of its own, prints where it is. A container whose
/// group has a shim already gets that one.
struct StartCommand {
    private let arguments: ShimArguments

    init(_ arguments: ShimArguments) { self.arguments = arguments }

    func run() throws -> Int32 {
        let bundle = try File.canonicalPath(".")
        let configuration = "\(bundle)/config.json"
        let lock = try BundleLock(bundle: bundle, isMaking: File.exists(configuration))
        if try lock.isGivenUp() || !File.exists(configuration) {
            throw ShimError.state("the bundle \(bundle) is being deleted")
        }
        if let group = try group(configuration), let entry = try GroupEntry.open(group, waits: true) {
            if let socket = entry.livingShim {
                try File.replace("\(bundle)/address", with: Array("unix://\(socket)".utf8))
                try answer(socket)
                return 0
            }
            if !entry.isTaken { return try makeShim(bundle, lock, group, entry) }
        }
        return try makeShim(bundle, lock, nil, nil)
    }

    /// Our own supervisor, which is its shims' event service as well, follows each container by a shim of its own.
    private func group(_ configuration: String) throws -> ShimGroup? {
        guard arguments.address != ShimDaemon.environment("TTRPC_ADDRESS") else { return nil }
        return try ShimGroup(
            configuration: File.read(configuration), supervisor: arguments.address, namespace: arguments.namespace)
    }

    private func makeShim(
        _ bundle: String, _ lock: borrowing BundleLock, _ group: ShimGroup?, _ entry: consuming GroupEntry?
    ) throws -> Int32 {
        if let cgroup = try RuntimeOptions.fromStandardInput()?.shimCgroup, !cgroup.isEmpty {
            try ShimCgroup.join(cgroup)
        }
        let socket = try SocketDirectory.newPath()
        // Known before they exist, so that `delete` finds the sockets whenever this ends.
        try File.replace("\(bundle)/address", with: Array("unix://\(socket)".utf8))
        let listener = try UnixSocket.listen(at: socket)
        let attach = try UnixSocket.listen(at: socket + ".attach")
        let daemon = linux_fork()
        guard daemon >= 0 else { throw SystemError(operation: "fork", path: nil, errno: errno) }
        guard daemon > 0 else {
            // By the child, so that no death of this process leaves a shim behind that nobody knows.
            if let entry {
                try entry.record(socket: socket)
                entry.release()
            } else {
                try File.replace("\(bundle)/shim.pid", with: Array(String(getpid()).utf8))
            }
            lock.release()
            return ShimDaemon.run(
                arguments, bundle: bundle, socket: socket, group: group, listener: listener, attachListener: attach)
        }
        try answer(socket)
        return 0
    }

    private func answer(_ socket: String) throws {
        // Containerd 2.1 takes version 3 but announces 2, as 1.7 does, which does not.
        let version = ShimDaemon.environment("SKIFF_TASK_VERSION") ?? ShimDaemon.environment("MAX_SHIM_VERSION")
        let text = BootstrapAnswer.text(address: "unix://\(socket)", latestVersion: version)
        try StandardStream.write(Array(text.utf8), to: 1)
    }
}
