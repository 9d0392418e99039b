import EngineAPI
import FoundationEssentials

/// The `filters` parameter: lists of wanted values by name. Values of one name are alternatives.
package struct FilterSet: Equatable, Sendable {
    private let values: [String: [String]]

    package init() {
        values = [:]
    }

    /// Reads `{"status":["running"]}`, and the older `{"status":{"running":true}}`.
    package init(parsing text: String?, allowed: Set<String>) throws(EngineError) {
        guard let text, !text.isEmpty else {
            values = [:]
            return
        }
        let data = Data(text.utf8)
        if let lists = try? EngineJSON.decode([String: [String]].self, from: data) {
            values = lists
        } else if let sets = try? EngineJSON.decode([String: [String: Bool]].self, from: data) {
            values = sets.mapValues { set in set.filter(\.value).keys.sorted() }
        } else {
            throw EngineError(.invalidParameter, "invalid filter")
        }
        if let unknown = values.keys.sorted().first(where: { !allowed.contains($0) }) {
            throw EngineError(.invalidParameter, "invalid filter '\(unknown)'")
        }
    }

    package var isEmpty: Bool { values.isEmpty }

    package subscript(_ name: String) -> [String] { values[name] ?? [] }

    package func has(_ name: String) -> Bool { !(values[name] ?? []).isEmpty }

    /// Whether one of the wanted values is this one, or none is wanted.
    package func allows(_ name: String, _ value: String) -> Bool {
        guard let wanted = values[name], !wanted.isEmpty else { return true }
        return wanted.contains(value)
    }

    package func allows(_ name: String, where matches: (String) -> Bool) -> Bool {
        guard let wanted = values[name], !wanted.isEmpty else { return true }
        return wanted.contains(where: matches)
    }

    /// Whether all wanted `key` or `key=value` are among the labels.
    package func allowsLabels(_ labels: [String: String], name: String = "label") -> Bool {
        self[name].allSatisfy { wanted in
            let parts = wanted.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let value = labels[String(parts[0])] else { return false }
            return parts.count == 1 || value == parts[1]
        }
    }

    /// A flag such as `dangling=true`; nil when it is not asked for.
    package func flag(_ name: String) throws(EngineError) -> Bool? {
        guard let first = values[name]?.first else { return nil }
        switch first {
        case "1", "true": return true
        case "0", "false": return false
        default: throw EngineError(.invalidParameter, "invalid filter '\(name)=[\(first)]'")
        }
    }
}
