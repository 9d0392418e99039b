package import EngineAPI

/// Which events a client asked for.
package struct EventFilter: Sendable {
    private let filters: FilterSet

    private static let names: Set<String> = [
        "config", "container", "daemon", "event", "image", "label", "network", "node", "plugin", "scope", "secret",
        "service", "type", "volume",
    ]

    package init(parsing text: String?) throws(EngineError) {
        filters = try FilterSet(parsing: text, allowed: Self.names)
    }

    package func allows(_ event: EventMessage) -> Bool {
        filters.allows("type", event.type)
            && filters.allows("event") { event.action == $0 || event.action.hasPrefix($0 + ":") }
            && filters.allows("scope", event.scope ?? "local")
            && filters.allowsLabels(event.actor.attributes)
            && allowsActor(event, "container") && allowsActor(event, "volume") && allowsActor(event, "network")
            && allowsImage(event)
    }

    private func allowsActor(_ event: EventMessage, _ type: String) -> Bool {
        guard filters.has(type) else { return true }
        guard event.type == type else { return false }
        return filters[type].contains { wanted in
            event.actor.id.hasPrefix(wanted) || event.actor.attributes["name"] == wanted
        }
    }

    private func allowsImage(_ event: EventMessage) -> Bool {
        guard filters.has("image") else { return true }
        let name = event.type == "image" ? event.actor.attributes["name"] : event.actor.attributes["image"]
        return filters["image"].contains { wanted in
            wanted == event.actor.id || wanted == name || name?.split(separator: ":").first.map(String.init) == wanted
        }
    }
}
