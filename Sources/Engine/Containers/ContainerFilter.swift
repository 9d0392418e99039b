import EngineAPI
import Networking

/// Which containers a client asked for, see the `filters` of `GET /containers/json`.
struct ContainerFilter: Sendable {
    private static let names: Set<String> = [
        "ancestor", "before", "expose", "exited", "health", "id", "isolation", "is-task", "label", "name", "network",
        "publish", "since", "status", "volume",
    ]
    private static let statuses: Set<String> = [
        "created", "dead", "exited", "paused", "removing", "restarting", "running",
    ]

    private let filters: FilterSet

    init(parsing text: String?) throws(EngineError) {
        filters = try FilterSet(parsing: text, allowed: Self.names)
        for status in filters["status"] where !Self.statuses.contains(status) {
            throw EngineError(.invalidParameter, "invalid filter 'status=[\(status)]'")
        }
        for code in filters["exited"] where Int(code) == nil {
            throw EngineError(.invalidParameter, "invalid filter 'exited=[\(code)]'")
        }
    }

    /// A filter by status shows containers that do not run without asking for all.
    var asksForStopped: Bool { filters.has("status") || filters.has("exited") }
    var before: String? { filters["before"].first }
    var since: String? { filters["since"].first }
    var ancestors: [String] { filters["ancestor"] }

    func allows(_ summary: ContainerSummary, exitCode: Int, ancestorIDs: Set<String>) -> Bool {
        let name = summary.names.first ?? ""
        return filters.allows("id") { summary.id.hasPrefix($0) }
            && filters.allows("name") { Self.matches(name, $0) }
            && filters.allows("status", summary.state)
            && (!filters.has("exited")
                || (summary.state == "exited" && filters["exited"].contains("\(exitCode)")))
            && filters.allowsLabels(summary.labels)
            && filters.allows("network") { wanted in
                summary.networkSettings.networks.contains {
                    $0.key == wanted || $0.value.networkID.hasPrefix(wanted) && !wanted.isEmpty
                }
            }
            && filters.allows("volume") { wanted in
                summary.mounts.contains { $0.name == wanted || $0.destination == wanted || $0.source == wanted }
            }
            && filters.allows("publish") { wanted in
                summary.ports.contains { $0.publicPort != nil && Self.isPort($0, wanted) }
            }
            && filters.allows("expose") { wanted in summary.ports.contains { Self.isPort($0, wanted) } }
            && filters.allows("health", "none")
            && (!filters.has("ancestor") || ancestorIDs.contains(summary.imageID)
                || filters["ancestor"].contains(summary.image))
            && !filters["is-task"].contains("true")
    }

    private static func isPort(_ port: PortSummary, _ wanted: String) -> Bool {
        let parts = wanted.split(separator: "/")
        guard let first = parts.first else { return false }
        if parts.count > 1, parts[1] != port.type { return false }
        let range = first.split(separator: "-").compactMap { UInt16($0) }
        guard let low = range.first, let high = range.last else { return false }
        let number = port.publicPort ?? port.privatePort
        return (low...max(low, high)).contains(number) || (low...max(low, high)).contains(port.privatePort)
    }

    /// Docker's `name` is a regular expression on the name with and without its slash.
    static func matches(_ name: String, _ pattern: String) -> Bool {
        let plain = name.hasPrefix("/") ? String(name.dropFirst()) : name
        guard let regex = try? Regex(pattern) else { return plain.contains(pattern) }
        return name.firstMatch(of: regex) != nil || plain.firstMatch(of: regex) != nil
    }
}
