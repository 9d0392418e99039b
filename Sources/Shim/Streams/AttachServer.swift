internal import Glibc
internal import LinuxSystem
internal import TTRPC

/// The Unix socket on which a shim serves attach clients for all processes of its container.
final class AttachServer {
    private let listener: Descriptor
    private let context: StreamContext
    private var clients: [ObjectIdentifier: AttachClient] = [:]
    /// Finds the streams of a process.
    private let find: (AttachGreeting) throws(ShimError) -> ProcessStreams
    /// Called when the last client is gone.
    var onIdle: () -> Void = {}

    init(
        listener: consuming Descriptor, context: StreamContext,
        find: @escaping (AttachGreeting) throws(ShimError) -> ProcessStreams
    ) throws(SystemError) {
        self.listener = listener
        self.context = context
        self.find = find
        try context.loop.register(self.listener.rawValue, .readable) { [unowned self] _ in accept() }
    }

    var isIdle: Bool { clients.isEmpty }

    func streams(_ greeting: AttachGreeting) throws(ShimError) -> ProcessStreams { try find(greeting) }

    func remove(_ client: AttachClient) {
        clients[ObjectIdentifier(client)] = nil
        if clients.isEmpty { onIdle() }
    }

    private func accept() {
        do throws(SystemError) {
            while let socket = try UnixSocket.accept(from: listener.rawValue) {
                let client = AttachClient(socket: socket, context: context, server: self)
                try client.start()
                clients[ObjectIdentifier(client)] = client
            }
        } catch {
            context.report("attach: \(error)")
            try? context.loop.modify(listener.rawValue, [])
            context.loop.schedule(after: 100_000_000) { [weak self] in
                guard let self else { return }
                try? self.context.loop.modify(self.listener.rawValue, .readable)
            }
        }
    }
}
