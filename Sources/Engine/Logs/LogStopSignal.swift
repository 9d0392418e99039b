import Synchronization

/// Tells those who follow a container's log that the container has stopped and wrote its last line.
///
/// One signal serves any number of followers; it stays raised.
package final class LogStopSignal: Sendable {
    private enum State {
        case waiting([Int: @Sendable () -> Void], next: Int)
        case raised
    }

    private let state = Mutex<State>(.waiting([:], next: 0))

    package init() {}

    package var isRaised: Bool {
        state.withLock {
            if case .raised = $0 { return true }
            return false
        }
    }

    package func raise() {
        let actions: [@Sendable () -> Void] = state.withLock {
            guard case .waiting(let actions, _) = $0 else { return [] }
            $0 = .raised
            return Array(actions.values)
        }
        for action in actions { action() }
    }

    /// Runs the action once when the signal is raised, at once if it already is. Nil: nothing to cancel.
    func onRaise(_ action: @escaping @Sendable () -> Void) -> Int? {
        let key: Int? = state.withLock {
            guard case .waiting(var actions, let next) = $0 else { return nil }
            actions[next] = action
            $0 = .waiting(actions, next: next + 1)
            return next
        }
        if key == nil { action() }
        return key
    }

    func cancel(_ key: Int) {
        state.withLock {
            guard case .waiting(var actions, let next) = $0 else { return }
            actions[key] = nil
            $0 = .waiting(actions, next: next)
        }
    }
}
