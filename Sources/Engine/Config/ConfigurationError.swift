/// Why the daemon cannot be configured as it was asked.
package enum ConfigurationError: Error, Equatable, CustomStringConvertible {
    case unreadable(file: String, reason: String)
    case unknownDirectives(file: String, names: [String])
    case conflicts(file: String, [String])
    case invalid(String)

    package var description: String {
        switch self {
        case .unreadable(let file, let reason):
            "unable to configure the daemon with file \(file): \(reason)"
        case .unknownDirectives(let file, let names):
            "unable to configure the daemon with file \(file): the following directives don't match any "
                + "configuration option: \(names.joined(separator: ", "))"
        case .conflicts(let file, let conflicts):
            "unable to configure the daemon with file \(file): the following directives are specified both as a "
                + "flag and in the configuration file: \(conflicts.joined(separator: ", "))"
        case .invalid(let reason): reason
        }
    }
}
