import CLinux
import Glibc
import LinuxSystem
import Synchronization

/// Carries TCP connections that reach a held host port itself: those over IPv6, and all of them while somebody else has
/// flushed the rules that forward IPv4 in the kernel. One thread serves every port.
final class PortProxy: Sendable {
    private let shared: Shared

    /// The thread's connections leave from the network namespace of the caller.
    init() throws(SystemError) {
        let shared = try Shared()
        self.shared = shared
        // The thread runs until the proxy is released; it is given nothing else to do.
        try WorkerThread().submit { ProxyLoop(shared).run() }
    }

    deinit {
        shared.post { $0.isClosed = true }
    }

    /// Serves connections to the listening socket `listener`, which stays the caller's, until `remove`.
    /// - Returns: what `remove` takes.
    func add(listener: Int32, target: IPv4Address, port: UInt16) throws(SystemError) -> UInt64 {
        let token = shared.state.withLock { state in
            state.lastToken += 1
            state.listeners[state.lastToken] = Listener(socket: listener, target: target, port: port)
            return state.lastToken
        }
        do {
            try shared.epoll.add(listener, events: EPOLLIN.rawValue | EPOLLET.rawValue, token: token)
        } catch {
            shared.state.withLock { $0.listeners[token] = nil }
            throw error
        }
        return token
    }

    /// Stops serving, and ends the connections that came over this listener.
    func remove(_ token: UInt64) {
        let listener = shared.state.withLock { $0.listeners.removeValue(forKey: token) }
        guard let listener else { return }
        try? shared.epoll.remove(listener.socket)
        shared.post { $0.ended.append(token) }
    }

    struct Listener {
        let socket: Int32
        let target: IPv4Address
        let port: UInt16
    }

    /// What the thread and its owner both touch.
    final class Shared: Sendable {
        struct State {
            var listeners: [UInt64: Listener] = [:]
            /// Listeners whose connections are to end.
            var ended: [UInt64] = []
            var isClosed = false
            /// Listeners count upwards; connections have the highest bit set.
            var lastToken: UInt64 = 0
        }

        let state = Mutex(State())
        let epoll: Epoll
        let wakeUp: Descriptor
        static let wakeUpToken: UInt64 = 0

        init() throws(SystemError) {
            epoll = try Epoll()
            wakeUp = try Descriptor.event(flags: Int32(EFD_NONBLOCK))
            try epoll.add(wakeUp.rawValue, events: EPOLLIN.rawValue, token: Self.wakeUpToken)
        }

        /// Changes the state and lets the thread look at it.
        func post(_ change: (inout State) -> Void) {
            state.withLock { change(&$0) }
            eventfd_write(wakeUp.rawValue, 1)
        }
    }
}
