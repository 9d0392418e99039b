internal import SupervisorProtocol

/// An event as it is retained: thousands are, and as messages they would take several times the memory. The names are
/// those of its container, not copies.
struct RetainedEvent {
    let cursor: UInt64
    let namespace: String
    let id: String
    let execID: String
    let kind: Skiff_Supervisor_V1_Event.Kind
    private let at: Moment
    private let pid: UInt32
    private let exitStatus: UInt32
    private let exitedAt: Moment?

    init(_ event: Skiff_Supervisor_V1_Event) {
        cursor = event.cursor
        namespace = event.namespace
        id = event.id
        execID = event.execID
        kind = event.kind
        at = Moment(event.at)
        pid = event.pid
        exitStatus = event.exitStatus
        exitedAt = event.hasExitedAt ? Moment(event.exitedAt) : nil
    }

    /// The message that it was made of.
    var message: Skiff_Supervisor_V1_Event {
        .with {
            $0.cursor = cursor
            $0.namespace = namespace
            $0.id = id
            $0.execID = execID
            $0.kind = kind
            $0.at = at.timestamp
            $0.pid = pid
            $0.exitStatus = exitStatus
            if let exitedAt { $0.exitedAt = exitedAt.timestamp }
        }
    }
}
