internal import CLinux
internal import Glibc
internal import LinuxSystem
internal import TTRPC

/// The shim itself: one thread, one loop, one container or a group of them.
final class ShimDaemon {
    /// How long attach clients may take to fetch the end of the output after the container is deleted.
    private static let lingering: UInt64 = 30_000_000_000

    private let loop: EventLoop
    private let socket: String
    private let group: ShimGroup?
    private let tasks: TaskTable
    private let context: StreamContext
    private let reaper: ChildReaper
    private let publisher: EventPublisher
    private var attachServer: AttachServer?
    private var server: SynchronousServer?
    private var isEnding = false

    /// Runs in the forked child; returns when the shim has been asked to end.
    static func run(
        _ arguments: ShimArguments, bundle: String, socket: String, group: ShimGroup?,
        listener: consuming Descriptor, attachListener: consuming Descriptor
    ) -> Int32 {
        setsid()
        // PR_SET_CHILD_SUBREAPER: the container's processes become ours when the runtime ends.
        linux_prctl(36, 1, 0, 0, 0)
        linux_signal_ignore(SIGPIPE)
        linux_signal_ignore(SIGHUP)
        linux_signal_ignore(SIGINT)
        linux_signal_ignore(SIGTERM)
        umask(0o022)
        ProcessScore.raise()
        let log = ShimLog(bundle: bundle, isDebugging: arguments.isDebugging)
        do {
            let null = try Descriptor.open("/dev/null", O_RDWR)
            for fd in 0...2 as ClosedRange<Int32> { dup2(null.rawValue, fd) }
            let daemon = try ShimDaemon(arguments, bundle: bundle, socket: socket, group: group, log: log)
            try daemon.serve(listener, attachListener)
            try daemon.loop.run()
            return 0
        } catch {
            log.write("shim ends: \(error)")
            return 1
        }
    }

    private init(
        _ arguments: ShimArguments, bundle: String, socket: String, group: ShimGroup?, log: ShimLog
    ) throws(SystemError) {
        loop = try EventLoop()
        self.socket = socket
        self.group = group
        reaper = try ChildReaper(loop: loop)
        context = StreamContext(loop: loop, reaper: reaper) { log.write($0) }
        publisher = EventPublisher(
            address: ShimDaemon.environment("TTRPC_ADDRESS") ?? "", namespace: arguments.namespace, loop: loop)
        let host = TaskHost(
            namespace: arguments.namespace, defaultRuntime: ShimDaemon.defaultRuntime,
            defaultRoot: "/run/skiff/runtime", context: context, reaper: reaper, publisher: publisher)
        tasks = TaskTable(first: arguments.id, bundle: bundle, isGroup: group != nil, host: host)
    }

    private func serve(_ listener: consuming Descriptor, _ attachListener: consuming Descriptor) throws(SystemError) {
        let tasks = tasks
        attachServer = try AttachServer(listener: attachListener, context: context) { greeting throws(ShimError) in
            let streams = try tasks.process(greeting).streams
            guard streams.plan.allowsAttaching else { throw .state("the process's streams are not ours to serve") }
            return streams
        }
        let service = TaskService(tasks: tasks) { [unowned self] in end() }
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
        leaveGroup()
        for path in [socket, socket + ".attach"] { unlink(path) }
        publisher.onIdle = { [unowned self] in endIfIdle() }
        reaper.onIdle = { [unowned self] in endIfIdle() }
        attachServer?.onIdle = { [unowned self] in endIfIdle() }
        loop.schedule(after: ShimDaemon.lingering) { [unowned self] in loop.stop() }
        // After the handler that answers the call which led here.
        loop.schedule(after: 0) { [unowned self] in
            publisher.finish()
            endIfIdle()
        }
    }

    private func endIfIdle() {
        if publisher.isIdle, reaper.isIdle, attachServer?.isIdle != false { loop.stop() }
    }

    /// Where the entry's lock is taken somebody looks for a shim just now, and will see that this one is gone.
    private func leaveGroup() {
        guard let group, let entry = try? GroupEntry.open(group, waits: false) else { return }
        entry.remove(socket: socket)
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
