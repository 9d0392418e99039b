package import EngineAPI

/// Keeps the last events and hands new ones to everybody who listens.
package actor EventBroadcaster {
    package static let retained = 256
    /// A listener that falls this far behind is cut off.
    private static let listenerBuffer = 1024

    private var history: [EventMessage] = []
    private var listeners: [Int: AsyncStream<EventMessage>.Continuation] = [:]
    private var nextListener = 0

    package init() {}

    package var listenerCount: Int { listeners.count }

    package func publish(_ event: EventMessage) {
        history.append(event)
        if history.count > Self.retained { history.removeFirst(history.count - Self.retained) }
        for (id, listener) in listeners {
            if case .dropped = listener.yield(event) {
                listener.finish()
                listeners[id] = nil
            }
        }
    }

    /// The retained events since a time, and the stream of those to come.
    package func subscribe(since: Timestamp?) -> (past: [EventMessage], coming: AsyncStream<EventMessage>) {
        let (stream, continuation) = AsyncStream.makeStream(
            of: EventMessage.self, bufferingPolicy: .bufferingOldest(Self.listenerBuffer))
        let id = nextListener
        nextListener += 1
        listeners[id] = continuation
        continuation.onTermination = { [weak self] _ in
            // The stream's end comes without a caller that could wait for the actor.
            Task { await self?.remove(id) }
        }
        guard let since else { return ([], stream) }
        let past = history.filter { ($0.timeNano ?? 0) >= since.totalNanoseconds }
        return (past, stream)
    }

    private func remove(_ id: Int) {
        listeners[id] = nil
    }
}

extension EventMessage {
    /// An event of now, with the older fields that containers' and images' events also have.
    package static func make(
        type: String, action: String, id: String, attributes: [String: String]
    ) -> EventMessage {
        let now = Timestamp.now
        var event = EventMessage()
        event.type = type
        event.action = action
        event.actor.id = id
        event.actor.attributes = attributes
        event.scope = "local"
        event.time = now.seconds
        event.timeNano = now.totalNanoseconds
        if type == "container" || type == "image" {
            event.status = action
            event.id = id
            if type == "container" { event.from = attributes["image"] }
        }
        return event
    }
}
