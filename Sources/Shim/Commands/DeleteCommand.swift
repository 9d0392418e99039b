internal import CLinux
internal import Glibc
internal import LinuxSystem
internal import SwiftProtobuf
internal import TTRPC
internal import TaskProtocol

/// `delete`: removes what a dead shim left behind and prints how its container ended.
struct DeleteCommand {
    private let arguments: ShimArguments

    init(_ arguments: ShimArguments) { self.arguments = arguments }

    func run() throws -> Int32 {
        let bundle = try File.canonicalPath(arguments.bundle.isEmpty ? "." : arguments.bundle)
        let lock = try BundleLock(bundle: bundle, isMaking: true)
        defer { lock.release() }
        try lock.giveUp()
        BundleProcesses(bundle: bundle).end()
        try deleteContainer(bundle)
        RootMounts.unmount("\(bundle)/rootfs")
        if let address = try? File.readText("\(bundle)/address", limit: 4096),
            address.hasPrefix("unix://\(SocketDirectory.path)/")
        {
            removeSockets(String(address.dropFirst(7)), bundle)
        }
        try answer(bundle)
        return 0
    }

    /// The shim of a group may live on, with others of its containers. One of the bundle alone is dead, though a `start`
    /// that is still ending may hold its sockets open.
    private func removeSockets(_ socket: String, _ bundle: String) {
        if !File.exists("\(bundle)/shim.pid"), (try? UnixSocket.connect(to: socket)) != nil { return }
        for path in [socket, socket + ".attach"] { unlink(path) }
        guard let configuration = try? File.read("\(bundle)/config.json"),
            let group = try? ShimGroup(
                configuration: configuration, supervisor: arguments.address, namespace: arguments.namespace),
            let entry = try? GroupEntry.open(group, waits: false)
        else { return }
        entry.remove(socket: socket)
    }

    private func deleteContainer(_ bundle: String) throws {
        guard let text = try? File.readText("\(bundle)/runtime", limit: 8192) else { return }
        let lines = text.split(separator: "\n").map(String.init)
        guard lines.count == 2, File.exists("\(lines[1])/\(arguments.id)") else { return }
        let null = try Descriptor.open("/dev/null", O_RDWR)
        let pid = try Spawn.start(
            lines[0], ["--root", lines[1], "delete", "--force", arguments.id],
            descriptors: (null.rawValue, null.rawValue, 2))
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        guard ExitStatus(waitStatus: status) == .exited(code: 0) else {
            throw ShimError.runtime("\(lines[0]) delete --force \(arguments.id) failed")
        }
    }

    private func answer(_ bundle: String) throws {
        let kept = (try? File.readText("\(bundle)/exit", limit: 256)).flatMap(ProcessExit.init(parsing:))
        // Whoever had a dead shim was killed. Kept, so that who asks again hears the same.
        let exit = kept ?? .now(pid: 0, status: 137)
        if kept == nil { try? File.replace("\(bundle)/exit", with: Array(exit.text.utf8)) }
        var response = Containerd_Task_V2_DeleteResponse()
        response.pid = exit.pid
        response.exitStatus = exit.status
        response.exitedAt = exit.timestamp
        try StandardStream.write(response.serializedBytes(), to: 1)
    }
}
