internal import CLinux
internal import Glibc
internal import LinuxSystem
internal import TTRPC

/// The shim itself: one thread, one loop, one container.
final class ShimDaemon {
    /// How long attach clients may take to fetch the end of the output after the container is deleted.
    private static let lingering: UInt64 = 30_000_000_000

    private let loop: EventLoop
    private let socket: String
    private let task: ContainerTask
    private let publisher: EventPublisher
    private var attachServer: AttachServer?
    private var server: SynchronousServer?
    private var isEnding = false

    /// Runs in the forked child; returns when the shim has been asked to end.
    static func run(
        _ arguments: ShimArguments, bundle: String, socket: String, listener: consuming Descriptor,
        attachListener: consuming Descriptor
    ) -> Int32 {
        setsid()
        // PR_SET_CHILD_SUBREAPER: the container's processes become ours when the runtime ends.
        linux_prctl(36, 1, 0, 0, 0)
        linux_signal_ignore(SIGPIPE)
        linux_signal_ignore(SIGHUP)
        linux_signal_ignore(SIGINT)
        linux_signal_ignore(SIGTERM)
        umask(0o022)
        let log = ShimLog(bundle: bundle, isDebugging: arguments.isDebugging)
        do {
            let null = try Descriptor.open("/dev/null", O_RDWR)
            for fd in 0...2 as ClosedRange<Int32> { dup2(null.rawValue, fd) }
            let daemon = try ShimDaemon(arguments, bundle: bundle, socket: socket, log: log)
            try daemon.serve(listener, attachListener)
            try daemon.loop.run()
            return 0
        } catch {
            log.write("shim ends: \(error)")
            return 1
        }
    }

    private init(_ arguments: ShimArguments, bundle: String, socket: String, log: ShimLog) throws(SystemError) {
        loop = try EventLoop()
        self.socket = socket
        publisher = EventPublisher(
            address: ShimDaemon.environment("TTRPC_ADDRESS") ?? "", namespace: arguments.namespace, loop: loop)
        task = ContainerTask(
            id: arguments.id, namespace: arguments.namespace, bundle: bundle,
            defaultRuntime: ShimDaemon.defaultRuntime, defaultRoot: "/run/skiff/runtime",
            context: StreamContext(loop: loop) { log.write($0) }, reaper: try ChildReaper(loop: loop),
            publisher: publisher)
    }

    private func serve(_ listener: consuming Descriptor, _ attachListener: consuming Descriptor) throws(SystemError) {
        let task = task
        attachServer = try AttachServer(listener: attachListener, context: task.context) { exec throws(ShimError) in
            let streams = try task.process(exec).streams
            guard streams.plan.allowsAttaching else { throw .state("the process's streams are not ours to serve") }
            return streams
        }
        let service = TaskService(task: task) { [unowned self] in end() }
        server = try SynchronousServer(loop: loop, listener: listener) { [publisher] in
            publisher.supervisorIsBack()
        } handler: { call, responder in
            service.handle(call, responder)
        }
    }

    /// Ends once answers, events and output are delivered, or their receivers take too long.
    private func end() {
        guard !isEnding else { return }
        isEnding = true
        for path in [socket, socket + ".attach"] { unlink(path) }
        publisher.onIdle = { [unowned self] in endIfIdle() }
        attachServer?.onIdle = { [unowned self] in endIfIdle() }
        loop.schedule(after: ShimDaemon.lingering) { [unowned self] in loop.stop() }
        // After the handler that answers the call which led here.
        loop.schedule(after: 0) { [unowned self] in
            publisher.finish()
            endIfIdle()
        }
    }

    private func endIfIdle() {
        if publisher.isIdle, attachServer?.isIdle != false { loop.stop() }
    }

    static func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    /// The runtime beside this program, or the one in the environment.
    static var defaultRuntime: String {
        if let named = environment("SKIFF_RUNTIME"), !named.isEmpty { return named }
        guard let own = try? File.linkTarget("/proc/self/exe"), let slash = own.lastIndex(of: "/") else {
            return "skiff-runtime"
        }
        return "\(own[..<slash])/skiff-runtime"
    }
}
