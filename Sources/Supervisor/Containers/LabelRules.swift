/// What a label may be: containerd's limits.
enum LabelRules {
    private static let longest = 4096

    static func check(_ labels: [String: String]) throws(SupervisorError) {
        for (name, value) in labels {
            guard !name.isEmpty else { throw .invalid("label with an empty name") }
            guard name.utf8.count + value.utf8.count <= longest else {
                throw .invalid("label \"\(name.prefix(32))\" is longer than \(longest) bytes with its value")
            }
        }
    }

    /// The labels after a change.
    static func changing(
        _ labels: [String: String], set: [String: String], remove: [String]
    ) throws(SupervisorError) -> [String: String] {
        try check(set)
        var changed = labels.merging(set) { $1 }
        for name in remove { changed[name] = nil }
        return changed
    }
}
