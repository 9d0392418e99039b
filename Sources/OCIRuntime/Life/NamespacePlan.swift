import CLinux
import Glibc
internal import LinuxSystem
internal import OCISpec

/// The kinds of namespaces.
enum NamespaceKind: String, CaseIterable {
    case user, mount, pid, network, ipc, uts, cgroup, time

    var flag: Int {
        switch self {
        case .user: LINUX_CLONE_NEWUSER
        case .mount: LINUX_CLONE_NEWNS
        case .pid: LINUX_CLONE_NEWPID
        case .network: LINUX_CLONE_NEWNET
        case .ipc: LINUX_CLONE_NEWIPC
        case .uts: LINUX_CLONE_NEWUTS
        case .cgroup: LINUX_CLONE_NEWCGROUP
        case .time: LINUX_CLONE_NEWTIME
        }
    }

    /// The file in `/proc/<pid>/ns`.
    var fileName: String {
        switch self {
        case .mount: "mnt"
        case .network: "net"
        default: rawValue
        }
    }
}

/// A namespace that is given by its path.
struct JoinedNamespace {
    let kind: NamespaceKind
    let path: String
}

/// The same, opened.
struct OpenNamespace {
    let kind: NamespaceKind
    let descriptor: Int32

    init(_ kind: NamespaceKind, at path: String) throws(SystemError) {
        self.kind = kind
        descriptor = try Descriptor.open(path, O_RDONLY).release()
    }

    /// setns(2).
    func enter() throws(SystemError) {
        try systemCall("join the \(kind) namespace") { linux_setns(descriptor, Int32(kind.flag)) }
    }
}

/// Which namespaces a container gets: new ones, joined ones, or the runtime's own.
struct NamespacePlan {
    private(set) var new: [NamespaceKind] = []
    private(set) var joined: [JoinedNamespace] = []

    init(_ linux: Linux) throws(RuntimeError) {
        // By index: an iterator would ask for the type of the array, which is made at run time.
        for index in linux.namespaces.indices {
            let namespace = linux.namespaces[index]
            var field: String { "linux.namespaces[\(index)]" }
            guard let kind = NamespaceKind(rawValue: namespace.type) else {
                throw .invalid(field: "\(field).type", problem: "namespace \"\(namespace.type)\" does not exist")
            }
            guard !has(kind) else {
                throw .invalid(field: field, problem: "malformed spec file: duplicated ns \"\(namespace.type)\"")
            }
            if let path = namespace.path, !path.isEmpty {
                guard path.isAbsolutePath else {
                    throw .invalid(field: "\(field).path", problem: "\"\(path)\" is not absolute")
                }
                joined.append(JoinedNamespace(kind: kind, path: path))
            } else {
                new.append(kind)
            }
        }
        try check(linux.uidMappings, of: "uid")
        try check(linux.gidMappings, of: "gid")
    }

    private func check(_ mappings: [IDMapping], of kind: String) throws(RuntimeError) {
        if isNew(.user), mappings.isEmpty {
            throw .invalid(
                field: "linux.\(kind)Mappings", problem: "user namespaces enabled, but no \(kind) mappings found")
        }
        if !mappings.isEmpty, !has(.user) {
            throw .invalid(
                field: "linux.\(kind)Mappings",
                problem: "User namespace mappings specified, but USER namespace isn't enabled in the config")
        }
    }

    func isNew(_ kind: NamespaceKind) -> Bool { new.contains(kind) }
    func joins(_ kind: NamespaceKind) -> Bool { joined.contains { $0.kind == kind } }
    func has(_ kind: NamespaceKind) -> Bool { isNew(kind) || joins(kind) }

    /// What clone3 makes: all but the cgroup namespace, whose root is the cgroup its maker is in when it is made, and
    /// the time namespace, whose offsets must be set before anybody is in it.
    var cloneFlags: UInt64 {
        var flags: UInt64 = 0
        for kind in new where kind != .cgroup && kind != .time { flags |= UInt64(kind.flag) }
        return flags
    }
}
