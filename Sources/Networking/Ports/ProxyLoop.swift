import CLinux
import Glibc
import LinuxSystem

/// The thread of a port proxy: waits for its sockets and moves their bytes.
final class ProxyLoop {
    private let shared: PortProxy.Shared
    private var connections: [UInt64: ProxyConnection] = [:]
    private var lastToken: UInt64 = 1 << 63
    /// Connections with more to move than their turn allowed.
    private var busy: Set<UInt64> = []
    /// Listeners that could not accept for want of descriptors.
    private var stalled: Set<UInt64> = []

    init(_ shared: PortProxy.Shared) {
        self.shared = shared
    }

    func run() {
        var isClosed = false
        while !isClosed {
            do {
                try shared.epoll.wait(milliseconds: busy.isEmpty ? -1 : 0) { token, _ in
                    switch token {
                    case PortProxy.Shared.wakeUpToken: isClosed = obey()
                    case let token where token < 1 << 63: accept(from: token)
                    default: busy.insert(token)
                    }
                }
            } catch {
                // An epoll that cannot be waited for serves nobody; the rules in the kernel go on.
                return
            }
            for token in busy { serve(token) }
        }
    }

    /// Does what the owner posted; true where that is to end.
    private func obey() -> Bool {
        var count: eventfd_t = 0
        eventfd_read(shared.wakeUp.rawValue, &count)
        let (ended, isClosed) = shared.state.withLock { state in
            defer { state.ended = [] }
            return (Set(state.ended), state.isClosed)
        }
        for (token, connection) in connections where ended.contains(connection.listener) { close(token) }
        stalled.subtract(ended)
        return isClosed
    }

    private func accept(from listener: UInt64) {
        while true {
            // Under the lock the listener cannot be closed, and its number not be another socket's.
            let accepted = shared.state.withLock { state -> (fd: Int32, reason: Int32, PortProxy.Listener)? in
                guard let entry = state.listeners[listener] else { return nil }
                let fd = linux_accept(entry.socket)
                return (fd, fd < 0 ? errno : 0, entry)
            }
            guard let (fd, reason, entry) = accepted else { return }
            guard fd >= 0 else {
                switch reason {
                case EINTR, ECONNABORTED: continue
                case EMFILE, ENFILE, ENOBUFS, ENOMEM: stalled.insert(listener)
                default: break
                }
                return
            }
            connect(Descriptor(owning: fd), from: listener, to: entry)
        }
    }

    private func connect(_ client: consuming Descriptor, from listener: UInt64, to entry: PortProxy.Listener) {
        lastToken += 1
        guard
            let connection = try? ProxyConnection(
                client: client, listener: listener, target: entry.target, port: entry.port),
            (try? connection.watch(by: shared.epoll, token: lastToken)) != nil
        else { return }
        connections[lastToken] = connection
    }

    private func serve(_ token: UInt64) {
        busy.remove(token)
        guard let connection = connections[token] else { return }
        switch connection.move() {
        case .waiting: return
        case .more: busy.insert(token)
        case .finished: close(token)
        }
    }

    private func close(_ token: UInt64) {
        connections[token] = nil
        busy.remove(token)
        let waiting = stalled
        stalled = []
        for listener in waiting { accept(from: listener) }
    }
}
