internal import Glibc
internal import LinuxSystem
internal import TTRPC

/// Copies a FIFO of containerd into a process's standard input. Its clients may come and go until the input is closed:
/// only then is the last one's end the end of the input.
final class InputSource {
    private let source: Descriptor
    /// A writer of our own, without which the FIFO would end with each client.
    private var holder: Descriptor?
    private let sink: RawSink
    private let context: StreamContext
    private(set) var isOpen = true
    /// Called when the FIFO's writers are gone.
    var onEnd: () -> Void = {}

    init(path: String, sink: RawSink, context: StreamContext) throws(SystemError) {
        source = try .open(path, O_RDONLY | O_NONBLOCK)
        holder = try .open(path, O_WRONLY | O_NONBLOCK)
        self.sink = sink
        self.context = context
        try context.loop.register(source.rawValue, .readable) { [weak self] _ in self?.read() }
    }

    func sinkDrained() {
        if isOpen { try? context.loop.modify(source.rawValue, .readable) }
    }

    /// Ends with the last client that writes.
    func finish() { holder = nil }

    func close() {
        guard isOpen else { return }
        isOpen = false
        holder = nil
        context.loop.deregister(source.rawValue)
    }

    private func read() {
        let count = Glibc.read(source.rawValue, context.input.baseAddress, context.input.count)
        if count > 0 {
            sink.write(UnsafeRawBufferPointer(rebasing: context.input[..<count]))
            if sink.isFull { try? context.loop.modify(source.rawValue, []) }
        } else if count == 0 || (errno != EAGAIN && errno != EINTR) {
            close()
            onEnd()
        }
    }
}
