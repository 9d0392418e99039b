internal import TTRPC

/// What all supervised tasks share.
struct SupervisorEnvironment: Sendable {
    let configuration: SupervisorConfiguration
    let thread: EventLoopThread
    let launcher: ShimLauncher
    let events: EventLog
    let background: BackgroundWork
    let log: SupervisorLog

    func bundle(_ key: TaskKey) -> Bundle {
        Bundle(path: "\(configuration.state)/\(key.namespace)/\(key.id)")
    }
}
