/// Why a registry did not give what was asked for; the descriptions are Docker's.
package enum RegistryError: Error, Equatable, Sendable {
    /// The registry has no such manifest.
    case manifestUnknown(String)
    /// The registry has no such repository.
    case repositoryUnknown(String)
    /// The registry knows who asks and does not let them, or does not say whether the repository exists.
    case denied(String)
    /// The registry wants other credentials.
    case unauthorized(String)
    /// The registry cannot be reached.
    case unreachable(url: String, reason: String)
    /// The registry answers with an error of its own.
    case rejected(String)
    /// The registry's answer is not what the protocol says.
    case malformed(String)
}

extension RegistryError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .manifestUnknown(let text), .repositoryUnknown(let text), .denied(let text), .unauthorized(let text),
            .rejected(let text), .malformed(let text):
            text
        case .unreachable(let url, let reason): "Get \"\(url)\": \(reason)"
        }
    }
}
