internal import Glibc
internal import LinuxSystem
internal import TTRPC

/// A program that takes a process's output (`binary://`), by containerd's protocol: descriptor 3 is the output, 4 the
/// errors, and closing 5 (or writing to it) says that it is ready.
final class LoggingProgram {
    /// The ends that the process writes to.
    struct Ends: ~Copyable {
        var output: Descriptor
        var errors: Descriptor
    }

    private static let readyLimit: UInt64 = 30_000_000_000
    /// How long it may go on after its input has ended and its container is deleted.
    private static let patience: UInt64 = 10_000_000_000
    private static let terminationLimit: UInt64 = 2_000_000_000

    private let context: StreamContext
    private let name: String
    private var output: Descriptor?
    private var errors: Descriptor?
    private var ready: Descriptor?
    private var whenReady: ((Result<Void, ShimError>) -> Void)?
    private var timer: EventLoop.Timer?
    private var pid: Int32 = 0

    /// Starts the program; `whenReady` is called once, when it says so or fails to.
    init(
        _ uri: StreamURI, owner: StreamOwner, context: StreamContext,
        whenReady: @escaping (Result<Void, ShimError>) -> Void
    ) throws(SystemError) {
        self.context = context
        name = uri.path
        let (outRead, outWrite) = try StreamPipe.make()
        let outEnd = Descriptor(owning: outRead)
        output = Descriptor(owning: outWrite)
        let (errorRead, errorWrite) = try StreamPipe.make()
        let errorEnd = Descriptor(owning: errorRead)
        errors = Descriptor(owning: errorWrite)
        let (readyRead, readyWrite) = try StreamPipe.make()
        let readyEnd = Descriptor(owning: readyWrite)
        let ready = Descriptor(owning: readyRead)
        let null = try Descriptor.open("/dev/null", O_RDWR)
        pid = try context.reaper.runServant(
            uri.path, uri.options.flatMap { $0.value.isEmpty ? [$0.key] : [$0.key, $0.value] },
            descriptors: (null.rawValue, null.rawValue, null.rawValue),
            extra: [outEnd.rawValue, errorEnd.rawValue, readyEnd.rawValue],
            environment: ["CONTAINER_ID": owner.id, "CONTAINER_NAMESPACE": owner.namespace]
        ) { [weak self] status in self?.ended(status) }
        try context.loop.register(ready.rawValue, .readable) { [weak self] _ in self?.finishWaiting(.success(())) }
        self.ready = consume ready
        self.whenReady = whenReady
        timer = context.loop.schedule(after: LoggingProgram.readyLimit) { [weak self] in
            guard let self else { return }
            finishWaiting(.failure(.state("logging program \(name) is not ready after 30 s")))
        }
    }

    deinit { stopWaiting() }

    /// The ends that the process writes to; the program has the end of its input once all of them are closed.
    func takeEnds() throws(SystemError) -> Ends {
        guard let output = output.take(), let errors = errors.take() else {
            throw SystemError(operation: "logging program", path: name, errno: EPIPE)
        }
        return Ends(output: output, errors: errors)
    }

    /// Ends a program that does not end by itself, for it is no longer needed.
    func close() {
        output = nil
        errors = nil
        stopWaiting()
        guard pid > 0 else { return }
        context.loop.schedule(after: LoggingProgram.patience) { [self] in
            guard pid > 0 else { return }
            // Not reaped yet, so the number is its own.
            kill(pid, SIGTERM)
            context.loop.schedule(after: LoggingProgram.terminationLimit) { [self] in
                if pid > 0 { kill(pid, SIGKILL) }
            }
        }
    }

    private func ended(_ status: ExitStatus) {
        pid = 0
        guard status != .exited(code: 0) else { return }
        context.report("logging program \(name): it ended with \(status)")
        finishWaiting(.failure(.state("logging program \(name): it ended with \(status)")))
    }

    private func finishWaiting(_ result: Result<Void, ShimError>) {
        let completion = whenReady
        stopWaiting()
        completion?(result)
    }

    private func stopWaiting() {
        whenReady = nil
        if let timer { context.loop.cancel(timer) }
        timer = nil
        if let fd = ready?.rawValue { context.loop.deregister(fd) }
        ready = nil
    }
}
