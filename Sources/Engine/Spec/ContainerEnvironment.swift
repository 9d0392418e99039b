package import EngineAPI

/// The environment that a container's processes start with.
package enum ContainerEnvironment {
    package static let defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    /// The defaults, each replaced or followed by the container's own variables.
    package static func variables(of config: ContainerConfig) -> [String] {
        variables(of: config, terminal: config.tty)
    }

    static func variables(of config: ContainerConfig, terminal: Bool) -> [String] {
        var defaults = ["PATH=" + defaultPath, "HOSTNAME=" + config.hostname]
        if terminal { defaults.append("TERM=xterm") }
        return merge(config.env ?? [], into: defaults)
    }

    /// A variable replaces the one of its name in its place, or goes to the end; a name without `=` removes it.
    package static func merge(_ overrides: [String], into defaults: [String]) -> [String] {
        var variables: [String?] = defaults
        var places: [Substring: Int] = [:]
        for (place, variable) in defaults.enumerated() { places[name(of: variable)] = place }
        for variable in overrides {
            guard variable.contains("=") else {
                if let place = places[variable[...]] { variables[place] = nil }
                continue
            }
            if let place = places[name(of: variable)] {
                variables[place] = variable
            } else {
                variables.append(variable)
            }
        }
        return variables.compactMap { $0 }
    }

    static func name(of variable: String) -> Substring {
        variable.prefix { $0 != "=" }
    }
}
