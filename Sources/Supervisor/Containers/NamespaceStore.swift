internal import LinuxSystem
internal import OCISpec

/// Namespaces that were made by name, with their labels.
actor NamespaceStore {
    private let root: String

    /// - Parameter root: the supervisor's root directory.
    init(root: String) { self.root = "\(root)/namespaces" }

    func create(_ name: String, labels: [String: String]) throws {
        guard TaskKey.isValid(name) else { throw SupervisorError.invalid("bad namespace \"\(name)\"") }
        guard !File.exists(path(name)) else { throw SupervisorError.exists("namespace \(name) exists already") }
        try LabelRules.check(labels)
        try save(name, labels)
    }

    /// Labels by name.
    func all() throws -> [String: [String: String]] {
        var found: [String: [String: String]] = [:]
        for file in try File.names(in: root, missingIsEmpty: true) where file.hasSuffix(".json") {
            let name = String(file.dropLast(5))
            found[name] = try labels(of: name)
        }
        return found
    }

    /// Also makes a namespace known that only had something in it.
    func label(_ name: String, set: [String: String], remove: [String]) throws -> [String: String] {
        let before = File.exists(path(name)) ? try labels(of: name) : [:]
        let changed = try LabelRules.changing(before, set: set, remove: remove)
        try save(name, changed)
        return changed
    }

    func remove(_ name: String) throws { try File.remove(path(name), missingIsFine: true) }

    private func labels(of name: String) throws -> [String: String] {
        try OCIJSON.decode([String: String].self, from: try File.read(path(name), limit: 4 << 20))
    }

    private func save(_ name: String, _ labels: [String: String]) throws {
        try File.makeDirectories(root, mode: 0o700)
        try File.replace(path(name), with: try OCIJSON.encode(labels))
    }

    private func path(_ name: String) -> String { "\(root)/\(name).json" }
}
