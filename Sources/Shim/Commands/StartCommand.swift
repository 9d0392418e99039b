internal import CLinux
internal import Glibc
internal import LinuxSystem
internal import TTRPC

/// `start`: makes the sockets, leaves the shim behind as a process of its own, prints the address.
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
        let socket = try SocketDirectory.newPath()
        let address = "unix://\(socket)"
        // Known before they exist, so that `delete` finds the sockets whenever this ends.
        try File.replace("\(bundle)/address", with: Array(address.utf8))
        let listener = try UnixSocket.listen(at: socket)
        let attach = try UnixSocket.listen(at: socket + ".attach")
        let daemon = linux_fork()
        guard daemon >= 0 else { throw SystemError(operation: "fork", path: nil, errno: errno) }
        guard daemon > 0 else {
            // By the child, so that no death of this process leaves a shim behind that nobody knows.
            try File.replace("\(bundle)/shim.pid", with: Array(String(getpid()).utf8))
            lock.release()
            return ShimDaemon.run(
                arguments, bundle: bundle, socket: socket, listener: listener, attachListener: attach)
        }
        try StandardStream.write(Array(address.utf8), to: 1)
        return 0
    }
}
