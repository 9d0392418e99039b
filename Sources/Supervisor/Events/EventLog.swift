internal import LinuxSystem
internal import SupervisorProtocol

/// The events of all containers in order. Cursors grow by one, also over a restart: what is retained is kept in a file.
actor EventLog {
    typealias Event = Skiff_Supervisor_V1_Event

    private static let retained = 4096
    /// How many more there are before the oldest go, all at once.
    private static let slack = 512
    private static let subscriberBuffer = 8192

    private struct Subscriber {
        let namespace: String
        let continuation: AsyncThrowingStream<Event, any Error>.Continuation
    }

    private let log: SupervisorLog
    private var events: [RetainedEvent] = []
    private var file: EventFile
    private var recordsInFile = 0
    private var lastCursor: UInt64 = 0
    private var subscribers: [UInt64: Subscriber] = [:]
    private var subscriberCount: UInt64 = 0

    /// Reads what an earlier supervisor kept at `path`.
    init(path: String, log: SupervisorLog) throws {
        self.log = log
        file = try EventFile(path)
        var kept: [RetainedEvent] = []
        try file.load { kept.append(RetainedEvent($0)) }
        events = Array(kept.suffix(EventLog.retained))
        lastCursor = events.last?.cursor ?? 0
        recordsInFile = kept.count
    }

    /// Gives the event its cursor and time, keeps it, and hands it to the subscribers.
    func publish(_ key: TaskKey, _ kind: Event.Kind, _ fill: (inout Event) -> Void = { _ in }) {
        var event = Event()
        event.namespace = key.namespace
        event.id = key.id
        event.kind = kind
        event.at = Moment.now.timestamp
        fill(&event)
        lastCursor += 1
        event.cursor = lastCursor
        events.append(RetainedEvent(event))
        if events.count > EventLog.retained + EventLog.slack { events.removeFirst(EventLog.slack) }
        keep(event)
        for (number, subscriber) in subscribers where matches(event.namespace, subscriber.namespace) {
            if case .dropped = subscriber.continuation.yield(event) {
                subscribers[number] = nil
                subscriber.continuation.finish(
                    throwing: SupervisorError.unavailable(
                        "subscriber reads too slowly; subscribe again with its cursor"))
            }
        }
    }

    /// The cursors of what is retained.
    var window: (oldest: UInt64, newest: UInt64) { (events.first?.cursor ?? lastCursor + 1, lastCursor) }

    /// Whether the end of this process is among the retained events. One that had its names before is another.
    func hasExit(_ key: TaskKey, _ execID: String) -> Bool {
        for event in events.reversed() where event.id == key.id && event.namespace == key.namespace {
            switch event.kind {
            case .exit where event.execID == execID: return true
            case .execAdded where event.execID == execID: return false
            case .create, .delete: return false
            default: continue
            }
        }
        return false
    }

    /// The events after `since`, and those to come; to be ended with ``unsubscribe(_:)``.
    func subscribe(
        namespace: String, since: UInt64
    ) throws(SupervisorError) -> (number: UInt64, events: AsyncThrowingStream<Event, any Error>) {
        let oldest = window.oldest
        guard since <= lastCursor, since == 0 || since + 1 >= oldest else {
            throw .outOfRange("cursor \(since) is not retained: events \(oldest) to \(lastCursor) are")
        }
        let (stream, continuation) = AsyncThrowingStream<Event, any Error>.makeStream(
            bufferingPolicy: .bufferingOldest(EventLog.subscriberBuffer + EventLog.retained + EventLog.slack))
        for event in events where event.cursor > since && matches(event.namespace, namespace) {
            continuation.yield(event.message)
        }
        subscriberCount += 1
        subscribers[subscriberCount] = Subscriber(namespace: namespace, continuation: continuation)
        return (subscriberCount, stream)
    }

    func unsubscribe(_ number: UInt64) {
        subscribers.removeValue(forKey: number)?.continuation.finish()
    }

    private func matches(_ namespace: String, _ wanted: String) -> Bool { wanted.isEmpty || wanted == namespace }

    // MARK: The file

    private func keep(_ event: Event) {
        do throws(SystemError) {
            if recordsInFile >= EventLog.retained * 2 {
                recordsInFile = EventLog.retained
                return try file.replace(with: events.suffix(EventLog.retained).lazy.map(\.message))
            }
            try file.append(event)
            recordsInFile += 1
        } catch {
            log(.error, "cannot keep events: \(error)")
        }
    }
}
