internal import CLinux
internal import Glibc
internal import LinuxSystem
internal import TTRPC

/// The program skiff-supervisor.
public enum SupervisorProgram {
    /// Runs until SIGTERM or SIGINT and answers the exit code.
    public static func main(_ arguments: [String]) async -> Int32 {
        do {
            let parsed = try SupervisorArguments(arguments)
            if parsed.showsHelp || parsed.showsVersion {
                print(parsed.showsHelp ? SupervisorArguments.usage : "skiff-supervisor 0.1.0")
                return 0
            }
            try await run(parsed.configuration)
            return 0
        } catch {
            let message = ErrorMapping.rpcError(error).message
            let line = Array("skiff-supervisor: \(message)\n".utf8)
            _ = line.withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
            return 1
        }
    }

    private static func run(_ configuration: SupervisorConfiguration) async throws {
        linux_heap_limit(128 << 10)
        linux_signal_ignore(SIGPIPE)
        linux_signal_ignore(SIGHUP)
        // Blocked before the first thread begins, so that all inherit it.
        let set = SignalSet([SIGTERM, SIGINT])
        try set.block()
        let signals = try Descriptor.signals(set, flags: O_NONBLOCK).release()
        let thread = try EventLoopThread()
        let (ended, continuation) = AsyncStream<Void>.makeStream()
        thread.execute { loop in
            try? loop.register(signals, .readable) { _ in
                loop.deregister(signals)
                continuation.yield()
            }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await Supervisor(configuration).run() }
            group.addTask { for await _ in ended { return } }
            try await group.next()
            group.cancelAll()
            try await group.waitForAll()
        }
    }
}
