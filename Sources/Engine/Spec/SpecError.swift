package import LinuxSystem

/// Why a container's configuration could not be turned into a runtime specification.
/// The texts are those that Docker's users know.
package enum SpecError: Error, Equatable {
    /// The request itself is wrong; the message names the value.
    case invalid(String)
    /// The request asks for what cannot be done here; Docker answers these with a server error.
    case unsupported(String)
    case unknownUser(String)
    case unknownGroup(String)
    /// A user or group id outside of 0 … 2147483647, or a user that cannot be read as one.
    case idOutOfRange
    case malformedUser(String)
    /// A device that was asked for is missing, or is none; with the reason.
    case device(String, reason: String)
    /// A bind mount's propagation needs its source's mount to be shared, or shared or slave.
    case propagation(source: String, mountPoint: String, needed: String)
    case seccompProfile(String)
    case fileTooLarge(String, limit: Int)
    case system(SystemError)
}

extension SpecError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .invalid(let message), .unsupported(let message): message
        case .unknownUser(let name): "unable to find user \(name): no matching entries in passwd file"
        case .unknownGroup(let name): "unable to find group \(name): no matching entries in group file"
        case .idOutOfRange: "uids and gids must be in range 0-2147483647"
        case .malformedUser(let text): "invalid user \"\(text)\": use name, uid, name:group or uid:gid"
        case .device(let path, let reason):
            "error gathering device information while adding custom device \"\(path)\": \(reason)"
        case .propagation(let source, let mountPoint, let needed):
            "path \(source) is mounted on \(mountPoint) but it is not a \(needed) mount"
        case .seccompProfile(let reason): "decoding seccomp profile failed: \(reason)"
        case .fileTooLarge(let path, let limit):
            "read \(path) in the container: larger than \(limit) bytes"
        case .system(let error): error.description
        }
    }

    /// Whether the request is at fault (HTTP 400) and not the host or the image (500).
    package var isInvalidRequest: Bool {
        switch self {
        case .invalid, .malformedUser: true
        default: false
        }
    }
}
