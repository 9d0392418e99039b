import CLinux
import Glibc
internal import LinuxSystem
internal import OCISpec

/// A resource limit by its number, see getrlimit(2).
struct ResourceLimit: Equatable {
    let resource: Int32
    let name: String
    let soft: UInt64
    let hard: UInt64

    static let names: [(name: String, resource: Int32)] = [
        ("RLIMIT_CPU", 0), ("RLIMIT_FSIZE", 1), ("RLIMIT_DATA", 2), ("RLIMIT_STACK", 3), ("RLIMIT_CORE", 4),
        ("RLIMIT_RSS", 5), ("RLIMIT_NPROC", 6), ("RLIMIT_NOFILE", 7), ("RLIMIT_MEMLOCK", 8), ("RLIMIT_AS", 9),
        ("RLIMIT_LOCKS", 10), ("RLIMIT_SIGPENDING", 11), ("RLIMIT_MSGQUEUE", 12), ("RLIMIT_NICE", 13),
        ("RLIMIT_RTPRIO", 14), ("RLIMIT_RTTIME", 15),
    ]

    init(_ limit: Rlimit, field: String) throws(RuntimeError) {
        guard let known = Self.names.first(where: { $0.name == limit.type }) else {
            throw .invalid(field: "\(field).type", problem: "wrong rlimit value: \(limit.type)")
        }
        guard limit.soft <= limit.hard else {
            throw .invalid(field: "\(field).soft", problem: "\(limit.soft) is above the hard limit of \(limit.hard)")
        }
        (name, resource, soft, hard) = (known.name, known.resource, limit.soft, limit.hard)
    }

    func apply() throws(SystemError) {
        try systemCall("error setting rlimits for ready process: error setting rlimit type \(resource)", name) {
            linux_setrlimit(resource, soft, hard)
        }
    }
}
