/// Absolute paths as a container sees them, by text alone; nothing is looked up.
package enum ContainerPath {
    /// Without `.`, `..`, double and trailing slashes.
    package static func clean(_ path: String) -> String {
        "/" + components(path).joined(separator: "/")
    }

    static func depth(_ path: String) -> Int {
        components(path).count
    }

    private static func components(_ path: String) -> [Substring] {
        var components: [Substring] = []
        for component in path.split(separator: "/") where component != "." {
            if component == ".." { _ = components.popLast() } else { components.append(component) }
        }
        return components
    }
}
