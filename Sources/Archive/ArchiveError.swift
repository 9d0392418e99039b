package import LinuxSystem

/// Why an archive could not be read or unpacked.
package enum ArchiveError: Error, Equatable, Sendable {
    /// The bytes are not what the format or compression says.
    case corrupt(String)
    /// A name in the archive leads out of the directory it is unpacked into.
    case outside(String)
    /// A hard link's target leads out, or is not in the archive.
    case badLink(path: String, target: String)
    /// The archive holds more than the limits allow.
    case limit(String)
    /// The system refused to make an entry.
    case entry(path: String, cause: SystemError)
    /// The source could not be read.
    case source(SystemError)
    /// The caller asked to stop.
    case cancelled
}

extension ArchiveError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .corrupt(let reason): "corrupt archive: \(reason)"
        case .outside(let path): "archive entry \"\(path)\" is outside of the target directory"
        case .badLink(let path, let target): "invalid hard link \"\(path)\" -> \"\(target)\""
        case .limit(let what): "archive exceeds its limits: \(what)"
        case .entry(let path, let cause): "unpack \(path): \(SystemError.text(of: cause.errno))"
        case .source(let cause): cause.description
        case .cancelled: "cancelled"
        }
    }
}
